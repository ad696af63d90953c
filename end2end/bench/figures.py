"""A measured figure and what it has to reach, in words for whoever runs Parlance."""

from dataclasses import dataclass


@dataclass
class Figure:
    """`most` or `least` is the aim; a figure without one is there to compare with."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    def shown(self):
        return self.write(self.value)

    def aim(self):
        if self.most is not None:
            return f"≤ {self.write(self.most)}"
        return f"≥ {self.write(self.least)}" if self.least is not None else ""

    def verdict(self):
        if self.most is None and self.least is None:
            return ""
        missed = (self.most is not None and self.value > self.most) or (self.least is not None and self.value < self.least)
        return "missed" if missed else "reached"

    def write(self, value):
        return f"{value:,.{0 if value >= 100 or float(value).is_integer() else 1}f} {self.unit}".strip()


class Figures(list):
    """All that was measured; each is printed as soon as it is known."""

    def __iadd__(self, figures):
        for figure in figures:
            print(f"   {figure.what}: {figure.shown()} {figure.aim()} {figure.verdict()}".rstrip(), flush=True)
            self.append(figure)
        return self


def say(sentence):
    print(f"-- {sentence}", flush=True)
