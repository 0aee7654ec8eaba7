"""How the days add up before a treatment starts. A rough plan to think with, not a promise."""

from dataclasses import dataclass

SENDING, READING = 2, 7


@dataclass(frozen=True)
class DaySum:
    """Days to send records, to have them read, and to spare."""

    days: int

    @property
    def spare(self):
        return max(self.days - SENDING - READING, 0)

    @property
    def sending(self):
        return min(SENDING, self.days)

    @property
    def reading(self):
        return min(READING, max(self.days - SENDING, 0))

    @property
    def enough(self):
        return self.spare >= 5

    @property
    def tight(self):
        return not self.spare

    @property
    def bars(self):
        """(class, x, width) for the day bar, a unit a tenth of a day, with a thin gap between."""
        bars, x = [], 0
        for name, days in (("a", self.sending), ("b", self.reading), ("c", self.spare)):
            if days:
                bars.append((name, x, days * 10 - 1))
                x += days * 10
        return bars

    @property
    def width(self):
        return max(self.days * 10, 1)


def until(start_on, *, today):
    return DaySum((start_on - today).days)
