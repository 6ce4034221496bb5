"""What routers command and say, looked at the moment they do: no opening that is forbidden, no reason that is not true."""

from collections.abc import Callable, Mapping
from uuid import UUID

from lockstep_core.decision.plan import Copier
from lockstep_router.journal.records import CopyRow, GuardRow, Happening, Record
from tests.simulation.barred import BY_MARKET, barred
from tests.simulation.expected import counterpart
from tests.simulation.guarded import Guarded
from tests.simulation.links import Known
from tests.simulation.market import Listed, Quoted
from tests.simulation.newsroom import Newsroom
from tests.simulation.scenes import Broken, Scene

QuotesOf = Callable[[UUID], Mapping[str, Quoted]]


class Witness:
    """`quotes_of` are the quotes that the router of now has got of an account."""

    def __init__(self, scene: Scene, guarded: Guarded, newsroom: Newsroom, quotes_of: QuotesOf) -> None:
        self.guarded = guarded
        self._newsroom = newsroom
        self._scene = scene
        self._quotes_of = quotes_of
        self._rows: dict[int, CopyRow] = {}

    def on_start(self) -> None:
        """A new router knows what the database knows."""
        self._rows = dict(self._scene.database.copies)
        self.guarded.on_start()

    def on_records(self, records: list[Record]) -> None:
        """What a router wants remembered, in order."""
        for record in records:
            match record:
                case Happening(kind="command"):
                    self._on_command(record)
                case Happening() if record.kind.startswith("guard_"):
                    self.guarded.on_happening(record)
                case GuardRow():
                    self.guarded.on_row(record)
                case CopyRow():
                    self._on_row(record)

    def _on_command(self, happening: Happening) -> None:
        link, action = happening.link or 0, happening.data["action"]
        copier = self._copier(happening.copier)
        row = self._rows.get(link)
        is_open = row is not None and row.open_lots > 0
        if action in ("open", "place") or (action == "set_net" and not is_open):
            self._check_opening(copier, link, action)
        elif action in ("close", "set_net", "delete"):
            self._on_closing(copier, link)

    def _on_closing(self, copier: Copier, link: int) -> None:
        listed = self._listed(copier, link)
        reasons = {
            "a guard closed a copy": any(one.close_positions for one in self.guarded.stops(copier.id)),
            "news closed a copy": listed is not None and self._newsroom.closes(copier, listed),
        }
        if any(reasons.values()):
            self.guarded.counts.update(what for what, so in reasons.items() if so)
            self._scene.ruled.add(link)

    def _listed(self, copier: Copier, link: int) -> Listed | None:
        """The slave's symbol of a link."""
        theirs, mine = self._scene.accounts[copier.master], self._scene.accounts[copier.slave]
        known = self._scene.links.of(mine, link)
        return None if known is None else counterpart(theirs, mine, known.symbol)

    def _check_opening(self, copier: Copier, link: int, action: str) -> None:
        if self.guarded.stops(copier.id):
            raise Broken(f"link {link} is to be opened, though {self.guarded.stops(copier.id)} stopped its copier")
        listed = self._listed(copier, link)
        if listed is not None and self._newsroom.forbids(copier, listed):
            raise Broken(f"link {link} is to be opened, though news forbid it")
        known = self._scene.links.of(self._scene.accounts[copier.slave], link)
        found = set() if known is None or action == "place" else self._barred(copier, known)
        if found:
            raise Broken(f"link {link} is to be opened, though {found} forbid it")

    def _on_row(self, row: CopyRow) -> None:
        before = self._rows.get(row.link)
        self._rows[row.link] = row
        if row.status != "skipped" or row.reason is None or (before is not None and before.reason == row.reason):
            return
        copier = self._copier(row.copier)
        if row.reason == "guard" and not self.guarded.stops(copier.id):
            raise Broken(f"link {row.link} was skipped for a guard, and none had stopped its copier")
        listed = self._listed(copier, row.link)
        if row.reason == "news" and listed is not None and not self._newsroom.forbids(copier, listed):
            raise Broken(f"link {row.link} was skipped for news, and there were none")
        if row.reason in BY_MARKET:
            self._check_reason(copier, row)

    def _check_reason(self, copier: Copier, row: CopyRow) -> None:
        known = self._scene.links.of(self._scene.accounts[copier.slave], row.link)
        if known is None:
            return
        found = self._barred(copier, known)
        if row.reason not in found:
            raise Broken(f"link {row.link} was skipped for its {row.reason}, and only {found} were so")

    def _barred(self, copier: Copier, known: Known) -> set[str]:
        theirs, mine = self._scene.accounts[copier.master], self._scene.accounts[copier.slave]
        return barred(copier, known, theirs, mine, self._quotes_of(copier.slave))

    def _copier(self, number: UUID | None) -> Copier:
        return next(copier for copier in self._scene.copiers if copier.id == number)
