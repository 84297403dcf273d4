"""What was measured, by name and contestant, and the table of it."""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass

OURS = "Vitrine"


class Results:
    """Samples of every figure, from every run."""

    def __init__(self) -> None:
        self._samples: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, figure: str, label: str, sample: float) -> None:
        """Remember one *sample* of *figure* of the contestant *label*."""
        self._samples[figure, label].append(sample)
        print(f"{figure:30} {label:14} {shown(sample):>8}", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Forget what was a rehearsal."""
        self._samples.clear()

    def median(self, figure: str, label: str = OURS) -> float | None:
        """Return the median of a figure, None where there is none."""
        samples = self._samples.get((figure, label))
        return statistics.median(samples) if samples else None

    def spread(self, figure: str, label: str = OURS) -> str:
        """Return the least and the greatest sample as text."""
        samples = self._samples[figure, label]
        return f"{shown(min(samples))} to {shown(max(samples))}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: our *figure* against *than*'s *other* (the same figure if empty).

    *most* is the greatest ratio of the two that passes, *least* the smallest. Without *than* the
    figure itself is judged. *is_speed* turns a ratio of seconds round: how many times as fast.
    """

    title: str
    figure: str
    than: str = ""
    limited_by: str = ""
    unit: str = "s"
    other: str = ""
    most: float | None = None
    least: float | None = None
    is_speed: bool = False

    def line(self, results: Results) -> str | None:
        """Return the row as Markdown, None if it was not measured."""
        ours = results.median(self.figure)
        theirs = results.median(self.other or self.figure, self.than)
        if ours is None or (self.than and not theirs):
            return None
        compared, judged = "", ours
        if theirs:
            judged = theirs / ours if self.is_speed else ours / theirs
            compared = f"{shown(theirs)} {self.unit} ({self.than})"
        cells = [
            self.title,
            f"{shown(ours)} {self.unit}",
            results.spread(self.figure),
            compared,
            f"{judged:.2f}" if theirs else "",
            *self._verdict(judged),
            self.limited_by,
        ]
        return "| " + " | ".join(cells) + " |"

    def _verdict(self, judged: float) -> tuple[str, str]:
        if self.most is not None:
            return f"≤ {self.most}", "pass" if judged <= self.most else "**fail**"
        if self.least is not None:
            return f"≥ {self.least}", "pass" if judged >= self.least else "**fail**"
        return "", ""


def table(rows: list[Row], results: Results) -> str:
    """Return the rows that were measured as a Markdown table."""
    head = ["", OURS, "least to most", "compared with", "ratio", "target", "", "what limits it"]
    lines = ["| " + " | ".join(head) + " |", "|---|--:|--:|--:|--:|--:|---|---|"]
    lines += [line for row in rows if (line := row.line(results))]
    return "\n".join(lines)


def shown(number: float) -> str:
    """Return *number* with three digits that matter."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"
