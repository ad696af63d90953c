"""The reports of the biggest bot: everybody agrees on every figure, and then is timed."""

import time
from statistics import median

from .figures import say
from .product import Reader
from .question import PERIODS, Question, require_agreement

CALLS = 100
RIVAL_CALLS, RIVAL_S = 7, 8


def time_reports(parlance, rivals):
    """For each period the median in milliseconds, warm, by name."""
    say("Asking everybody the same, and comparing every figure before the clock starts")
    reader, table = Reader(parlance), {}
    for period in PERIODS:
        report = reader.ask(period)
        question = Question(report)
        expected = question.expected(report)
        for rival in rivals:
            require_agreement(period, rival.name, expected, rival.answer(question))
        table[period] = {"Parlance": reader.median(period, CALLS)}
        for rival in rivals:
            table[period][rival.name] = time_rival(rival, question)
        table[period]["granularity"] = question.granularity
        table[period]["figures"] = expected["totals"]
    return table


def time_rival(rival, question):
    """The median of some calls; of fewer where one takes seconds."""
    times, began = [], time.perf_counter()
    while len(times) < RIVAL_CALLS and (not times or time.perf_counter() - began < RIVAL_S):
        started = time.perf_counter()
        rival.answer(question)
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


def time_cold_start(parlance):
    """Of a process just started, from a database that is in nobody's memory: the first report, in milliseconds."""
    parlance.engine.forget_cache()
    parlance.server.start()
    return Reader(parlance).time("28d")


def answers(parlance):
    """What every period shows. Not what it is compared with: the comparison of a running period grows every minute."""
    reader = Reader(parlance)
    asked = {period: reader.ask(f"{period}&compare=none") for period in PERIODS}
    return {period: Question(report).expected(report) for period, report in asked.items()}
