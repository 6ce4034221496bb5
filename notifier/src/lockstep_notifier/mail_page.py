"""The words of a mail, as text and as HTML from one template, in the reader's language. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lockstep_notifier.delivery import Reader, Told
from lockstep_texts import say
from lockstep_texts.catalogue import Catalogue, catalogue

TEST = "test"
MOST_TOLD = 50
"""More things are counted, not told one by one."""

_DIRECTION = {"ar": "rtl"}
_STYLE = """
    body { margin: 0; padding: 32px 20px; font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
      color: #1b2430; background: #ffffff }
    main { max-width: 480px; margin: 0 auto }
    h1 { margin: 0 0 24px; font-size: 16px } h2 { margin: 0 0 4px; font-size: 18px; line-height: 1.3 }
    section { margin: 0 0 24px } p { margin: 0 } .when, footer { font-size: 13px; color: #5b6675 }
    a { color: #1f5fd6 } .open { display: inline-block; margin: 0 0 32px; padding: 10px 18px; border-radius: 6px;
      background: #1f5fd6; color: #ffffff; text-decoration: none; font-weight: 600 }
    @media (prefers-color-scheme: dark) { body { color: #e6ebf2; background: #12171f } .when, footer { color: #9aa7b8 }
      a { color: #8ab4ff } .open { background: #8ab4ff; color: #12171f } }
"""


@dataclass(frozen=True)
class Place:
    """Where the links of a mail lead."""

    site: str
    unsubscribe: str

    @property
    def settings(self) -> str:
        """Where its reader chooses what mails there are."""
        return f"{self.site}/app/settings/notifications"


@dataclass(frozen=True)
class Page:
    """A mail's words."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class _Item:
    title: str
    body: str
    when: str


def place_for(site: str, reader: Reader) -> Place:
    """The links in a mail to this reader."""
    return Place(site, f"{site}/unsubscribe?token={reader.unsubscribe_token}")


def mail_page(told: Sequence[Told], reader: Reader, place: Place) -> Page:
    """The mail that tells these things. One thing is the subject; of several their number is."""
    words = catalogue(reader.language)
    items = [_item(words, each, reader.zone) for each in told[:MOST_TOLD]]
    many = words.text("mails.many", {"count": len(told)})
    subject = items[0].title if len(told) == 1 else many
    more = many if len(told) > MOST_TOLD else ""
    return Page(_one_line(subject), _text(words, items, more, place), _html(words, subject, items, more, place))


def _item(words: Catalogue, told: Told, zone: str) -> _Item:
    when = words.text("mails.when", {"time": f"{_local(told.created_at, zone):%Y-%m-%d %H:%M}", "zone": zone})
    if told.event == TEST:
        return _Item(words.text("mails.test_title", {}), words.text("mails.test_body", {}), when)
    title, body = say.alert(words, told.event, told.data)
    return _Item(title, body.strip(), when)


def _local(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return at


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _text(words: Catalogue, items: Sequence[_Item], more: str, place: Place) -> str:
    told = [f"{item.title}\n{item.body}\n{item.when}" for item in items]
    links = [
        f"{words.text('mails.open', {})}: {place.site}/app/alerts",
        f"{words.text('mails.choose', {})}: {place.settings}",
        f"{words.text('mails.stop', {})}: {place.unsubscribe}",
    ]
    return "\n\n".join([*told, *([more] if more else []), "--\n" + "\n".join(links)]) + "\n"


def _html(words: Catalogue, subject: str, items: Sequence[_Item], more: str, place: Place) -> str:
    told = [_section(item) for item in items]
    if more:
        told.append(f"<section><p>{escape(more)}</p></section>")
    language, direction = words.language, _DIRECTION.get(words.language, "ltr")
    choose, stop = (_link(words.text(f"mails.{key}", {}), to) for key, to in _links(place))
    return f"""<!doctype html>
<html lang="{language}" dir="{direction}">
  <head>
    <meta charset="utf-8">
    <meta name="color-scheme" content="light dark">
    <title>{escape(subject)}</title>
    <style>{_STYLE}    </style>
  </head>
  <body>
    <main>
      <h1>Lockstep</h1>
      {"".join(told)}
      <p><a class="open" href="{escape(place.site)}/app/alerts">{escape(words.text("mails.open", {}))}</a></p>
      <footer>
        <p>{escape(words.text("mails.why", {}))}</p>
        <p>{choose} · {stop}</p>
      </footer>
    </main>
  </body>
</html>
"""


def _links(place: Place) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("choose", place.settings), ("stop", place.unsubscribe)


def _link(words: str, to: str) -> str:
    return f'<a href="{escape(to)}">{escape(words)}</a>'


def _section(item: _Item) -> str:
    body = f"<p>{escape(item.body)}</p>" if item.body else ""
    return (
        f'<section><h2>{escape(item.title)}</h2>{body}<p class="when"><bdi dir="ltr">{escape(item.when)}</bdi></p></section>'
    )
