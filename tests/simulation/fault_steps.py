"""Steps of a scenario that are faults."""

from typing import TYPE_CHECKING

from tests.simulation.pod import Pod
from tests.simulation.scenario import Step
from tests.simulation.scheduler import MS

if TYPE_CHECKING:
    from tests.simulation.world import SimulatedWorld

LONGEST_STALL_MS = 2_900


class FaultSteps:
    """Each method carries out the kind of fault that it is named after."""

    def __init__(self, world: "SimulatedWorld") -> None:
        self._world = world

    def kill_router(self, step: Step) -> None:
        """Kills the router's process and starts it again."""
        self._world.router.kill()
        self._world.scheduler.after(step.amount * MS, self._world.router.start)

    def cut(self, step: Step) -> None:
        """A connection breaks."""
        for pod in self._pods_of(step.who):
            if pod.relay is not None and pod.relay.dealer is not None:
                pod.relay.dealer.cut()

    def stall(self, step: Step) -> None:
        """Delays a connection's messages for a while."""
        for pod in self._pods_of(step.who):
            dealer = None if pod.relay is None else pod.relay.dealer
            if dealer is not None and dealer.connection is not None:
                dealer.connection.stall(self._world.scheduler.now_ns + step.amount % LONGEST_STALL_MS * MS)

    def kill_relay(self, step: Step) -> None:
        """Kills a relay's process and starts it again."""
        pod = self._world.pods[step.who]
        pod.kill_relay()
        self._world.scheduler.after(step.amount * MS, pod.start_relay)

    def kill_terminal(self, step: Step) -> None:
        """Kills a terminal's process and starts it again."""
        pod = self._world.pods[step.who]
        pod.kill_terminal()
        self._world.scheduler.after(step.amount * MS, pod.start_terminal)

    def replace_pod(self, step: Step) -> None:
        """Gives an account another pod, while the old one goes on."""
        old = self._world.pods[step.who]
        self._world.old_pods = [pod for pod in self._world.old_pods if not pod.ended] + [old]
        self._world.scheduler.after(step.amount * MS, old.end)
        self._world.pods[step.who] = self._world.new_pod(step.who)

    def lose_broker(self, step: Step) -> None:
        """Cuts a terminal off from its broker."""
        self._world.pods[step.who].lose_broker(self._world.scheduler.now_ns + step.amount * MS)

    def freeze(self, step: Step) -> None:
        """Freezes a pod."""
        self._world.pods[step.who].freeze(self._world.scheduler.now_ns + step.amount * MS)

    def lose_database(self, step: Step) -> None:
        """Makes the database unreachable."""
        self._world.database.up = False
        self._world.scheduler.after(step.amount * MS, self._database_back)

    def _database_back(self) -> None:
        self._world.database.up = True

    def _pods_of(self, who: int) -> list[Pod]:
        account_id = self._world.account_ids[who]
        return [pod for pod in (*self._world.pods, *self._world.old_pods) if pod.account_id == account_id]
