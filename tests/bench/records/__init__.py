"""How fast records come in, are kept and are read: `python -m tests.bench.records [part …] [--bytes N]`.

Each module here is a part with `measure(figures, *, size)`. Figures are ratios to a floor measured in the same
run, the median of three rounds; times are of this machine. The last lines are
`figure NAME VALUE limit LIMIT ok|short`.
"""

import statistics
import time
from dataclasses import dataclass, field

ROUNDS = 3


@dataclass
class Figures:
    lines: list = field(default_factory=list)
    is_short: bool = False

    def add(self, name, value, *, least=None, most=None):
        """One figure, that should be `least` or more, or `most` or less."""
        is_ok = value >= least if most is None else value <= most
        self.is_short |= not is_ok
        limit = least if most is None else most
        self.lines.append(f"figure {name} {value:.3g} limit {limit:g} {'ok' if is_ok else 'short'}")

    def say(self, words):
        print(words, flush=True)


def seconds(act):
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def side_by_side(*acts):
    """The median time of each, in rounds of all of them, so that a busy moment meets them alike."""
    rounds = [[seconds(act) for act in acts] for _ in range(ROUNDS)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]
