"""What came out, as a table and as JSON."""

from collections.abc import Mapping, Sequence

from tests.bench.figures import Key, Pairs
from tests.bench.paired import Comparison, Verdict

HEADINGS = ("ours", "REF", "ours/REF", "interval", "")


def table(compared: Mapping[Key, Comparison]) -> str:
    """A line a figure, under the name of its benchmark."""
    width = max(len(label(key)) for key in compared)
    lines, bench = [], ""
    for key, comparison in compared.items():
        if key.bench != bench:
            bench = key.bench
            lines += ["", line(bench, HEADINGS, width)]
        lines.append(line(label(key), cells(comparison), width))
    return "\n".join(lines)


def label(key: Key) -> str:
    return f"  {key.name} ({key.unit})"


def cells(comparison: Comparison) -> tuple[str, ...]:
    interval = comparison.interval
    return (
        f"{comparison.ours:.2f}",
        f"{comparison.theirs:.2f}",
        f"{comparison.ratio:.3f}",
        f"{interval.low:.3f}–{interval.high:.3f}",
        comparison.verdict.value,
    )


def line(name: str, values: Sequence[str], width: int) -> str:
    ours, theirs, ratio, interval, verdict = values
    return f"{name:<{width}} {ours:>11} {theirs:>11} {ratio:>9} {interval:>15}   {verdict}".rstrip()


def conclusion(compared: Mapping[Key, Comparison], within: float) -> str:
    """One sentence about all figures."""
    count = {verdict: sum(each.verdict is verdict for each in compared.values()) for verdict in Verdict}
    bound = f"{within:.1%}".replace(".0%", "%")
    if count[Verdict.WORSE] or count[Verdict.BETTER]:
        return f"{count[Verdict.WORSE]} worse and {count[Verdict.BETTER]} better by more than {bound}, of {len(compared)}"
    return (
        f"not distinguishable by more than {bound}; alike within it: {count[Verdict.ALIKE]} of {len(compared)}, "
        "the others are too noisy to say"
    )


def as_json(compared: Mapping[Key, Comparison], pairs: Pairs) -> list[dict[str, object]]:
    """Every figure with the pairs that it was found from."""
    return [
        {
            **key._asdict(),
            "ours": found.ours,
            "ref": found.theirs,
            "ratio": round(found.ratio, 4),
            "low": round(found.interval.low, 4),
            "high": round(found.interval.high, 4),
            "confidence": round(found.interval.confidence, 4),
            "verdict": found.verdict.value.lower(),
            "pairs": pairs[key],
        }
        for key, found in compared.items()
    ]
