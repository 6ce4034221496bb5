"""The page as HTML. Pure. It needs no script, and nothing from elsewhere."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from html import escape

from lockstep_api.status_page.history import DAYS, Figures, History, Recent, Span, spans
from lockstep_api.status_page.words import LANGUAGES, RIGHT_TO_LEFT, words

GOOD, FAIR = 9_990, 9_900
"""From how many hundredths of a percent on a day is shown as good, or as fair."""
_MARKS = {True: ("up", "part_works"), False: ("down", "part_down"), None: ("none", "part_unknown")}
Words = Mapping[str, str]


def render(history: History, language: str, now: datetime) -> str:
    """The whole page in a language."""
    say = words(language)
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    found = spans(history, now)
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{language}" dir="{direction}">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="refresh" content="60"><title>{escape(say["title"])} · Lockstep</title>',
            '<link rel="stylesheet" href="/style.css"></head>',
            f"<body><header><h1>Lockstep · {escape(say['title'])}</h1>{_languages(language)}</header><main>",
            _state(history, found, say, now),
            f"<section><h2>{escape(say['parts'])}</h2>",
            *(_part(part, history, say, now) for part in _parts(history)),
            "</section>",
            f"<section><h2>{escape(say['incidents'])}</h2>{_incidents(found, say)}</section>",
            f"</main><footer><p>{escape(say['about'])}</p></footer></body></html>",
        ]
    )


def _languages(language: str) -> str:
    links = (f'<a href="/{each}" lang="{each}" hreflang="{each}">{escape(words(each)["name"])}</a>' for each in LANGUAGES)
    return f"<nav>{' '.join(link for link, each in zip(links, LANGUAGES, strict=True) if each != language)}</nav>"


def _parts(history: History) -> list[str]:
    """The website and the API first, then the shards. What was not seen for a day is no part any more."""
    known = set(history.recent)
    return [*(part for part in ("website", "api") if part in known), *sorted(known - {"website", "api"})]


def _name(part: str, say: Words) -> str:
    return say[part] if part in ("website", "api") else say["copying"].format(shard=part)


def _works(history: History, part: str, now: datetime) -> bool | None:
    recent = history.recent.get(part)
    return recent.works if recent is not None and history.is_fresh(now) else None


def _state(history: History, found: list[Span], say: Words, now: datetime) -> str:
    works = [_works(history, part, now) for part in _parts(history)]
    if False in works or any(span.ended is None for span in found):
        mark, text = "down", say["some"]
    elif not works or None in works:
        mark, text = "none", say["unknown"]
    else:
        mark, text = "up", say["works"]
    return f'<p class="state {mark}" role="status">{escape(text)}</p>{_stale(history, say, now)}'


def _stale(history: History, say: Words, now: datetime) -> str:
    if history.is_fresh(now):
        return ""
    text = say["none"] if history.read_at is None else say["stale"].format(at=_moment(history.read_at))
    return f'<p class="stale">{escape(text)}</p>'


def _part(part: str, history: History, say: Words, now: datetime) -> str:
    mark, word = _MARKS[_works(history, part, now)]
    name = escape(_name(part, say))
    recent, days = history.recent.get(part), history.days.get(part, {})
    lines = [
        f'<article><h3><span>{name}</span> <span class="mark {mark}">{escape(say[word])}</span></h3>',
        *_figures(recent, say),
        f'<div class="days" aria-hidden="true">{"".join(_bars(days, now))}</div>',
        f"<details><summary>{escape(say['days'].format(part=_name(part, say)))}</summary>{_table(days, say)}</details>",
        "</article>",
    ]
    return "\n".join(lines)


def _figures(recent: Recent | None, say: Words) -> Iterator[str]:
    if recent is None:
        return
    if recent.day.hundredths is not None:
        yield f"<p>{escape(say['available'].format(share=_percent(recent.day.hundredths)))}</p>"
    if recent.day.p50_us is not None:
        quantiles = {name: _ms(getattr(recent.day, f"{name}_us")) for name in ("p50", "p95", "p99")}
        yield f"<p>{escape(say['took'].format(**quantiles))}</p>"


def _bars(days: Mapping[date, Figures], now: datetime) -> Iterator[str]:
    for back in range(DAYS - 1, -1, -1):
        day = (now - timedelta(days=back)).date()
        share = days[day].hundredths if day in days else None
        told = day.isoformat() if share is None else f"{day.isoformat()}: {_percent(share)} %"
        yield f'<span class="{_colour(share)}" title="{told}"></span>'


def _colour(share: int | None) -> str:
    if share is None:
        return "none"
    return "up" if share >= GOOD else "fair" if share >= FAIR else "down"


def _table(days: Mapping[date, Figures], say: Words) -> str:
    heads = "".join(f'<th scope="col">{escape(say[name])}</th>' for name in ("date", "share", "p50", "p95", "p99"))
    rows = "".join(_row(day, days[day]) for day in sorted(days, reverse=True))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(day: date, figures: Figures) -> str:
    share = "–" if figures.hundredths is None else _percent(figures.hundredths)
    cells = (share, *(_ms(each) for each in (figures.p50_us, figures.p95_us, figures.p99_us)))
    return f'<tr><th scope="row">{day.isoformat()}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _incidents(found: list[Span], say: Words) -> str:
    if not found:
        return f"<p>{escape(say['no_incidents'])}</p>"
    return f"<ul>{''.join(_incident(span, say) for span in found)}</ul>"


def _incident(span: Span, say: Words) -> str:
    if span.ended is None:
        when = say["lasts"].format(began=_moment(span.began))
    else:
        when = say["lasted"].format(began=_moment(span.began), ended=_moment(span.ended))
    mark = ' class="down"' if span.ended is None else ""
    return f"<li{mark}><strong>{escape(say[f'affects_{span.what}'])}</strong> {escape(when)}</li>"


def _percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _ms(us: int | None) -> str:
    return "–" if us is None else f"{us / 1000:.1f}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
