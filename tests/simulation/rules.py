"""What must never happen: looked at with every change of a book, before anybody else hears of it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from lockstep_core.decision.plan import Copier
from tests.simulation.books import Change
from tests.simulation.broker import Account
from tests.simulation.database import Database
from tests.simulation.expected import ONE_LOT
from tests.simulation.guarded import Guarded
from tests.simulation.links import Known, Links
from tests.simulation.market import Ask, Held, Request, Waiting
from tests.simulation.nets import net_problems
from tests.simulation.reasons import filtered, is_barred, sizes
from tests.simulation.scenes import Broken, Scene
from tests.simulation.settled import problem_of
from tests.simulation.story import FAULTS, Step


class Rules:
    """`forgotten` are links of which no row was written: what their masters began with cannot be known; `begun` says in
    which order openings were decided on.
    """

    def __init__(self, begun: Mapping[int, int], forgotten: set[int], clock_ms: Callable[[], int]) -> None:
        self.scene: Scene
        self.guarded: Guarded
        self._begun = begun
        self._forgotten = forgotten
        self._clock_ms = clock_ms
        self.foreign: dict[tuple[int, int], Held] = {}
        self._shares: dict[tuple[int, int], int] = {}

    def begin(self, copiers: list[Copier], accounts: Mapping[UUID, Account], database: Database) -> None:
        """The world these rules are about."""
        links = Links(copiers, accounts, self._clock_ms)
        self.scene = Scene(copiers, accounts, database, links, self._forgotten, self._clock_ms)
        self.guarded = Guarded(copiers, accounts, database, self._clock_ms)

    def on_step(self, step: Step) -> None:
        """What the story did."""
        scene = self.scene
        scene.whole = scene.whole and step.kind not in FAULTS
        scene.calm = scene.calm and step.kind not in (*FAULTS, "temper")
        scene.modes_changed = scene.modes_changed or step.kind == "mode"

    def on_foreign(self, account: Account, ticket: int) -> None:
        """A position that nobody but its owner may touch."""
        if not account.nets:
            self.foreign[account.login, ticket] = account.positions[ticket]

    def on_change(self, account: Account, request: Request, change: Change) -> None:
        """A request has changed a position."""
        scene, held = self.scene, change.after or change.before
        scene.links.on_change(account, request, change)
        if request.number == 0 and not (request.filled and scene.links.of(account, request.magic)):
            if held is not None:
                scene.touched.add(held.magic)
        elif account.nets:
            self._on_share(account, request, change)
        elif request.ask is Ask.OPEN and held is not None:
            self._on_copy_opened(account, request.magic, held.ticket, held.volume)
        elif held is None or held.magic != request.magic or scene.links.of(account, request.magic) is None:
            raise Broken(f"{held} was touched for link {request.magic}")

    def _on_share(self, account: Account, request: Request, change: Change) -> None:
        """A netting account: each link has a share, of one side only, that grows by one order only."""
        magic, share = request.magic, account.books.shares.of(request.magic)
        if change.deal is None or share is None or share.symbol in account.books.shares.disturbed:
            return
        before, now = self._shares.get((account.login, magic), 0), share.signed
        self._shares[account.login, magic] = now
        if before * now < 0 or (before == 0 and request.ask is Ask.NET):
            raise Broken(f"link {magic} had {before} and has {now}: it took what is not its own")
        if abs(now) > abs(before):
            self._on_copy_opened(account, magic, change.deal.order, abs(now))

    def _on_copy_opened(self, account: Account, magic: int, order: int, volume: int) -> None:
        known = self.scene.links.of(account, magic)
        if known is None:
            raise Broken(f"an order was opened for {magic}, which is no link of this account")
        orders = self.scene.orders.setdefault(magic, set())
        orders.add(order)
        if len(orders) > 1:
            raise Broken(f"link {magic} was opened {len(orders)} times: #{known.key}")
        self._check_size(known, magic, volume, self.scene.links.lots(known))
        self._check_counts(account, known, magic, order)
        row = self.scene.database.copies.get(magic)
        if row is not None and row.reason == "pending_skipped":
            raise Broken(f"link {magic} was opened, and is of a pending order, which its copier skips")
        delay, ordered = known.copier.settings.signal_delay, self._theirs(known).pendings.volumes
        if delay is not None and known.key not in ordered and self._clock_ms() < known.began_ms + delay.min_ms:
            raise Broken(f"link {magic} was opened before its pause was over")

    def _theirs(self, known: Known) -> Account:
        return self.scene.accounts[known.copier.master]

    def _check_size(self, known: Known, magic: int, volume: int, lots: list[int]) -> None:
        theirs, mine = self._theirs(known), self.scene.accounts[known.copier.slave]
        most = max(size for size, _ in sizes(known.copier, known, theirs, mine, lots))
        if volume > most:
            raise Broken(f"link {magic} has {volume}, never more than {most} was wished")
        if is_barred(known.copier, known, theirs, mine):
            raise Broken(
                f"link {magic} was opened, and {filtered(known.copier, known, theirs, mine)} should have held it back"
            )

    def _check_counts(self, account: Account, known: Known, magic: int, order: int) -> None:
        """Limits over the whole account, as far as its copies alone can tell; while nobody was ever cut off."""
        if account.nets or not self.scene.whole or self.scene.placed or len(self.scene.orders[magic]) > 1:
            return
        mine = account.positions[order]
        # Whatever was decided on later may still have been filled before.
        before = self._begun[magic]
        others = [
            h
            for h in account.positions.values()
            if h.ticket != order and self.scene.links.of(account, h.magic) and self._begun.get(h.magic, 0) < before
        ]
        rule = known.copier.settings.limits
        counts = (
            (rule.max_open_positions, len(others)),
            (rule.max_open_positions_per_symbol, sum(h.symbol == mine.symbol for h in others)),
            (rule.max_open_positions_per_side, sum(h.side == mine.side for h in others)),
        )
        if any(limit is not None and count >= limit for limit, count in counts):
            raise Broken(f"link {magic} was opened beside {counts}")
        total = sum(h.volume for h in others) + mine.volume
        if rule.max_total_lots is not None and total > rule.max_total_lots * ONE_LOT:
            raise Broken(f"link {magic} was opened: {total} lots are more than {rule.max_total_lots}")

    def on_order(self, account: Account, order: Waiting) -> None:
        """An account is about to have a new pending order."""
        scene = self.scene
        known = scene.links.of(account, order.magic)
        if known is not None:
            if order.magic in scene.placed or order.magic in scene.orders:
                raise Broken(f"link {order.magic} gets a pending order, and it had something before")
            self._check_size(known, order.magic, order.volume, [self._theirs(known).pendings.volumes[known.key]])
            scene.placed.add(order.magic)
        elif order.magic:
            raise Broken(f"an order was placed for {order.magic}, which is no link of this account")
        scene.links.on_order(account, order)

    def problems(self) -> list[str]:
        """What is not as it must be once everything is quiet."""
        scene = self.scene
        found = [problem for number, known in scene.links.known.items() if (problem := problem_of(scene, number, known))]
        return found + net_problems(scene) + self._foreign_problems() + self.guarded.problems(scene)

    def _foreign_problems(self) -> list[str]:
        logins = {account.login: account for account in self.scene.accounts.values()}
        now = {key: logins[key[0]].positions.get(key[1]) for key in self.foreign}
        return [f"foreign position {key} became {now[key]}" for key, held in self.foreign.items() if now[key] != held]
