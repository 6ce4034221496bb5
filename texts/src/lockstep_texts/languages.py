"""Chooses the language of a reader."""

from lockstep_texts.catalogue import LANGUAGES


def preferred(accepted: str | None) -> str:
    """The known language that an Accept-Language header wants most, the first of `LANGUAGES` where it wants none."""
    wanted = sorted((_weighed(part) for part in (accepted or "").split(",")), key=lambda found: -found[1])
    return next((name for name, weight in wanted if weight > 0 and name in LANGUAGES), LANGUAGES[0])


def _weighed(part: str) -> tuple[str, float]:
    name, _, rest = part.partition(";")
    weight = rest.strip().removeprefix("q=")
    try:
        return name.strip()[:2].lower(), float(weight) if rest else 1.0
    except ValueError:
        return "", 0.0
