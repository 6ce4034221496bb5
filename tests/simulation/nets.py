"""What must hold between accounts once all is quiet where a master nets: symbol by symbol, whatever its legs were called."""

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from lockstep_core.settings.limits import Limits
from tests.simulation.expected import OWN_LOTS, wished
from tests.simulation.market import Held
from tests.simulation.scenes import Scene


def net_problems(scene: Scene) -> list[str]:
    """What is wrong between netting masters and their slaves."""
    netting = [c for c in scene.copiers if scene.accounts[c.master].nets and c.mode is not CopierMode.OFF]
    found = []
    for copier in netting:
        for symbol in sorted({k.symbol for k in scene.links.known.values() if k.copier.id == copier.id}):
            problem = _problem(scene, copier, symbol)
            if problem:
                found.append(f"{symbol} by copier {scene.copiers.index(copier)}: {problem}")
    return found


def _problem(scene: Scene, copier: Copier, symbol: str) -> str:
    slave, master = scene.accounts[copier.slave], scene.accounts[copier.master]
    mine = {n: k for n, k in scene.links.known.items() if k.copier.id == copier.id and k.symbol == symbol}
    # An order that waits may have become something on the slave's side already.
    numbers = {n: k for n, k in mine.items() if k.key not in master.pendings.waiting}
    net = next((held.signed for held in master.positions.values() if held.symbol == symbol), 0)
    certain = [n for n, known in numbers.items() if not scene.is_doubtful(n, known)]
    held = [held for number in certain for held in slave.by_magic(number)]
    turned = -1 if copier.settings.reverse else 1
    if any(one.signed * net * turned <= 0 for one in held):
        return f"{[one.signed for one in held]} are open, the master has {net}"
    if len(certain) < len(numbers):
        return ""
    sums = "" if len(numbers) < len(mine) else _sum(scene, copier, symbol, held, net)
    return _unsaid(scene, set(mine), net) or sums


def _unsaid(scene: Scene, numbers: set[int], net: int) -> str:
    """Whether something is open of which no row says anything."""
    said = numbers & set(scene.database.copies)
    return f"the master has {net}, and nothing says what became of it" if net and not said else ""


def _sum(scene: Scene, copier: Copier, symbol: str, held: list[Held], net: int) -> str:
    """Never more than the sizing makes of the whole; only where lots are in proportion to the master's."""
    if copier.settings.sizing.mode in OWN_LOTS or copier.settings.limits != Limits():
        return ""
    total = sum(one.volume for one in held)
    most = wished(copier, abs(net), scene.accounts[copier.master], scene.accounts[copier.slave], symbol)
    return f"{total} are open, {most} for the master's {net} would be right" if total > most else ""
