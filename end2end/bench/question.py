"""What is asked of everybody: the instants that Parlance's report says it counted, and what it counted there."""

from datetime import date, datetime

WORDS = {"7d": "past 7 days", "28d": "past 28 days", "91d": "past 91 days", "12mo": "past 12 months", "all": "all time"}
PERIODS = list(WORDS)
METRICS = ["total_users", "new_users", "returning_users", "sessions", "messages"]
EPOCH = date(1970, 1, 1)


class Question:
    """Totals of a period, totals of what it is compared with, and a series; all of one bot."""

    def __init__(self, report):
        self.granularity = report["granularity"]
        self.period = (instant(report["period"]["start"]), instant(report["period"]["end"]))
        compared = report["comparison"]
        self.comparison = compared and (instant(compared["start"]), instant(compared["cut"] or compared["end"]))
        if compared and compared["coverage"] == "none":
            self.comparison = None

    def expected(self, report):
        totals = report["totals"]
        answer = {"totals": tuple(totals[metric]["value"] for metric in METRICS)}
        if self.comparison:
            answer["comparison"] = tuple(totals[metric]["previous"] for metric in METRICS)
        rows = ((self.bucket(row["start"]), tuple(row[metric] for metric in METRICS)) for row in report["timeseries"])
        answer["series"] = {bucket: figures for bucket, figures in rows if any(figures)}
        return answer

    def bucket(self, start):
        """The day number of the whole bucket that a row, cut at the period's edge or not, belongs to."""
        local = datetime.fromisoformat(start).date()
        day = (local - EPOCH).days
        return {"day": day, "week": day - (day + 3) % 7, "month": (local.replace(day=1) - EPOCH).days}[self.granularity]


def instant(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def require_agreement(period, who, expected, answer):
    """Before a time is printed, every figure and every bucket is the same."""
    for part, figures in expected.items():
        if answer.get(part) != figures:
            raise SystemExit(f"{period}: Parlance's {part} are {figures}, {who} counts {answer.get(part)}")
