"""No order of events makes two terminals of one account that are both logged in.

The test plays a world with one account: the API server's objects, two operators whose calls interleave and may arrive late,
the keyring, the kubelet, and people who edit and delete. The operators decide with the operator's own functions, in the
order in which the reconciler calls them.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lockstep_core.accounts import Platform
from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import (
    CopierAccount,
    CopierAccountSpec,
    CopierAccountStatus,
    Credentials,
    OperatingMode,
    SpecEnvironment,
    SpecRole,
)
from lockstep_core.resources.names import account_name
from lockstep_operator.actions import StartPod
from lockstep_operator.desired import desired_state
from lockstep_operator.facts import Observed, unknown_pods
from lockstep_operator.observe import terminals
from lockstep_operator.podspec import PodTemplate, build_marks, build_pod, revision
from lockstep_operator.starting import is_given_up, refused
from lockstep_service.server_clock import ServerClock

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
NAME = account_name(ACCOUNT)
SPEC = CopierAccountSpec(
    account_id=ACCOUNT,
    user_id=ACCOUNT,
    platform=Platform.MT5,
    environment=SpecEnvironment.DEMO,
    login="12345",
    server="Broker-Demo",
    role=SpecRole.SLAVE,
    credentials=Credentials(secret_name=NAME, version=1),
)
TEMPLATES = tuple(PodTemplate(images={Platform.MT5: f"terminal:{n}"}, keyring_url="https://keyring:8443") for n in range(2))
GRACE_S = 45
# A kubelet that answers ends a pod within its grace period and a few seconds more.
KUBELET_S = GRACE_S + 10


@dataclass
class World:
    """What the API server keeps of the account, and what runs on the nodes."""

    now: datetime = datetime(2026, 3, 2, 12, 0, 0, 300_000, tzinfo=UTC)
    account: CopierAccount | None = None
    pods: dict[str, Json] = field(default_factory=dict)
    logged_in: set[str] = field(default_factory=set)
    """The uids of pods that got the password and whose node answers."""
    template: PodTemplate = TEMPLATES[0]
    numbers: int = 0
    eager: bool = False
    """Whether each pod asks for the password as soon as it exists, or when the play says so."""

    def number(self) -> str:
        self.numbers += 1
        return str(self.numbers)

    def add_account(self) -> None:
        self.account = CopierAccount(
            name=NAME,
            namespace="terminals",
            uid=f"account-{self.number()}",
            generation=1,
            resource_version=self.number(),
            deleting=False,
            spec=SPEC,
            status=CopierAccountStatus(),
        )

    def running_as_the_account(self) -> list[Json]:
        return [pod for pod in self.pods.values() if pod["spec"]["serviceAccountName"] == NAME]

    def write_status(self, read: CopierAccount, status: CopierAccountStatus) -> bool:
        held = self.account
        if held is None or held.uid != read.uid or held.resource_version != read.resource_version:
            return False
        self.account = held.model_copy(update={"status": status, "resource_version": self.number()})
        return True

    def create(self, pod: Json) -> None:
        """Creates the pod, unless one of its name exists."""
        name = pod["metadata"]["name"]
        if name in self.pods:
            return
        metadata = {**pod["metadata"], "uid": f"pod-{self.number()}"}
        self.pods[name] = {**pod, "metadata": metadata, "status": {"phase": "Pending"}}
        if self.eager:
            self.ask(self.pods[name])

    def delete(self, name: str) -> None:
        pod = self.pods.get(name)
        if pod is not None and "deletionTimestamp" not in pod["metadata"]:
            # The API server writes the end of the grace period.
            end = (self.now + timedelta(seconds=GRACE_S)).replace(microsecond=0)
            pod["metadata"] = {**pod["metadata"], "deletionTimestamp": end.isoformat().replace("+00:00", "Z")}

    def end(self, name: str) -> None:
        self.logged_in.discard(self.pods.pop(name)["metadata"]["uid"])

    def ask(self, pod: Json) -> None:
        """A pod asks the keyring for the password, and logs in with it."""
        if pod["status"]["phase"] == "Failed" or pod["status"].get("node") == "lost":
            return
        pod["status"] = {**pod["status"], "phase": "Running"}
        if self.grants(pod):
            self.logged_in.add(pod["metadata"]["uid"])

    def grants(self, pod: Json) -> bool:
        """What the keyring decides."""
        account, metadata = self.account, pod["metadata"]
        owners = {owner["uid"] for owner in metadata.get("ownerReferences", ())}
        return (
            account is not None
            and account.uid in owners
            and "deletionTimestamp" not in metadata
            and metadata["name"] == f"{NAME}-{account.status.epoch}"
            and pod["spec"]["serviceAccountName"] == NAME
        )


@dataclass
class Call:
    """A call to create the pod that is on its way to the API server."""

    read: CopierAccount
    pod: Json


class View:
    """What an operator's watches have shown: the world as it was at some moment, and what the operator wrote since."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.spent = 0
        self.catch_up()

    def catch_up(self) -> None:
        self.account, self.pods = self.world.account, deepcopy(self.world.pods)
        self._spend()

    def wrote(self) -> None:
        self.account = self.world.account

    def created(self, name: str) -> None:
        self.pods[name] = deepcopy(self.world.pods[name])
        self._spend()

    def _spend(self) -> None:
        self.spent = max([self.spent, *(pod.epoch for pod in terminals(ACCOUNT, list(self.pods.values())))])


class Operator:
    """One operator process: each step is one call, in the reconciler's order. With a view it reads only where it must."""

    def __init__(self, world: World, monotonic_s: float, view: View | None = None) -> None:
        self.world = world
        self.view = view
        self.must_read = view is None
        self.offset_s = monotonic_s
        self.clock = ServerClock(lambda: (world.now - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds() + self.offset_s)
        self.read: CopierAccount | None = None
        self.observed: Observed | None = None
        self.start: StartPod | None = None
        self.must_look = False
        self.reads = True

    def restart(self) -> Call | None:
        """The process ends. A creation that it has just sent may still arrive."""
        sent = Call(self.read, self.built()) if self.read is not None and self.start is not None else None
        self.read = self.observed = self.start = None
        return sent

    def finish(self, *, refusing: bool) -> None:
        """All remaining steps of a pass."""
        self.step(refusing=refusing)
        while self.read is not None or (self.view is not None and self.must_read):
            self.step(refusing=refusing)

    def step(self, *, refusing: bool) -> None:
        self.clock.answered(format_datetime(self.world.now.replace(microsecond=0), usegmt=True))
        if self.read is None:
            self.begin()
        elif self.observed is None:
            self.observe()
        elif self.start is None:
            self.decide(self.read, self.observed)
        else:
            self.carry_on(self.read, refusing)

    def now(self) -> datetime:
        told = self.clock.now()
        assert told is not None
        return told

    def begin(self) -> None:
        self.reads = self.must_read or self.view is None or self.view.account is None
        self.must_read = self.view is None
        self.read = self.world.account if self.reads or self.view is None else self.view.account
        if self.read is None:
            for pod in terminals(ACCOUNT, self.world.running_as_the_account()):
                self.world.delete(pod.name)

    def observe(self) -> None:
        pods = self.world.pods if self.reads or self.view is None else self.view.pods
        raws = [pod for pod in pods.values() if pod["spec"]["serviceAccountName"] == NAME]
        labelled = [pod for pod in pods.values() if pod["metadata"]["labels"].get("lockstep.dev/account") == str(ACCOUNT)]
        desired = revision(SPEC, self.world.template)
        unknown = unknown_pods(ACCOUNT, [*raws, *labelled])
        spent = 0 if self.view is None else self.view.spent
        self.observed = Observed(terminals(ACCOUNT, raws), None, desired, None, unknown, "1", spent)

    def decide(self, account: CopierAccount, observed: Observed) -> None:
        actions = desired_state(account, observed, self.now())
        if not self.reads and not actions.is_guarded:
            self.must_read = True
            self.done()
            return
        if actions.status is not None:
            if not self.world.write_status(account, actions.status):
                self.must_read = True
                self.done()
                return
            self.read = self.world.account
            if self.view is not None:
                self.view.wrote()
        for name in actions.mark:
            pod = self.world.pods.get(name)
            if pod is not None:
                marks = build_marks(account, int(name.rpartition("-")[2]), name)["metadata"]
                pod["metadata"] = {**pod["metadata"], "labels": marks["labels"], "ownerReferences": marks["ownerReferences"]}
        for name in actions.delete:
            self.world.delete(name)
        self.start, self.must_look = actions.start, actions.status is not None
        if self.start is None:
            self.done()

    def carry_on(self, account: CopierAccount, refusing: bool) -> None:
        if self.must_look:
            self.must_look = False
            pods = terminals(ACCOUNT, self.world.running_as_the_account())
            if any(not is_given_up(pod, self.now()) for pod in pods):
                self.done()
            return
        if refusing:
            status = refused(account, "exceeded quota", self.now()).status
            assert status is not None
            self.world.write_status(account, status)
        else:
            pod = self.built()
            self.world.create(pod)
            if self.view is not None:
                self.view.created(pod["metadata"]["name"])
        self.done()

    def built(self) -> Json:
        assert self.read is not None
        assert self.start is not None
        return build_pod(self.read, self.start.epoch, self.start.name, self.world.template)

    def done(self) -> None:
        self.read = self.observed = self.start = None


class OneAccount(RuleBasedStateMachine):
    """The world, and all that may happen in it."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.operators: list[Operator] = []
        self.late: list[Call] = []
        self.diligent = False

    def settle(self) -> None:
        """The first operator looks at what has happened, if it is a diligent one."""
        if self.diligent:
            self.operators[0].finish(refusing=False)

    def operator(self, offset_s: float) -> Operator:
        return Operator(self.world, offset_s, View(self.world))

    @initialize(offsets=st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), eager=st.booleans(), diligent=st.booleans())
    def begin(self, offsets: tuple[float, float], eager: bool, diligent: bool) -> None:
        self.world.eager, self.diligent = eager, diligent
        self.world.add_account()
        self.operators = [self.operator(offset) for offset in offsets]

    def pod(self, data: st.DataObject) -> Json:
        chosen: Json = self.world.pods[data.draw(st.sampled_from(sorted(self.world.pods)))]
        return chosen

    @rule(which=st.integers(0, 1), passes=st.integers(1, 2))
    def an_operator_works(self, which: int, passes: int) -> None:
        for _ in range(passes):
            self.operators[which].finish(refusing=False)

    @rule(which=st.integers(0, 1))
    def the_watches_of_an_operator_catch_up(self, which: int) -> None:
        view = self.operators[which].view
        assert view is not None
        view.catch_up()

    @rule(which=st.integers(0, 1))
    def an_operator_is_refused(self, which: int) -> None:
        self.operators[which].finish(refusing=True)

    @rule(which=st.integers(0, 1), steps=st.integers(1, 4))
    def an_operator_works_and_pauses(self, which: int, steps: int) -> None:
        for _ in range(steps):
            self.operators[which].step(refusing=False)

    @rule(which=st.integers(0, 1))
    def an_operator_restarts(self, which: int) -> None:
        sent = self.operators[which].restart()
        if sent is not None and not self.operators[which].must_look:
            self.late.append(sent)
        self.operators[which] = self.operator(self.operators[which].offset_s / 2)

    @precondition(lambda self: self.late)
    @rule()
    def a_late_creation_arrives(self) -> None:
        self.world.create(self.late.pop(0).pod)
        self.settle()

    @rule(seconds=st.sampled_from([0.4, 3.0, 20.0, 46.0, 61.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.now += timedelta(seconds=seconds)
        for name, pod in list(self.world.pods.items()):
            end = pod["metadata"].get("deletionTimestamp")
            limit = timedelta(seconds=KUBELET_S - GRACE_S)
            if end and pod["status"].get("node") != "lost" and self.world.now > datetime.fromisoformat(end) + limit:
                self.world.end(name)
        self.settle()

    @precondition(lambda self: not self.world.eager and self.world.pods)
    @rule()
    def the_pods_ask_for_the_password(self) -> None:
        for pod in self.world.pods.values():
            self.world.ask(pod)
        self.settle()

    @precondition(lambda self: self.world.pods)
    @rule(data=st.data())
    def a_pod_fails(self, data: st.DataObject) -> None:
        pod = self.pod(data)
        pod["status"] = {**pod["status"], "phase": "Failed"}
        self.world.logged_in.discard(pod["metadata"]["uid"])
        self.settle()

    @precondition(lambda self: any("deletionTimestamp" in pod["metadata"] for pod in self.world.pods.values()))
    @rule(data=st.data())
    def a_kubelet_ends_a_deleted_pod(self, data: st.DataObject) -> None:
        deleted = [name for name, pod in self.world.pods.items() if "deletionTimestamp" in pod["metadata"]]
        self.world.end(data.draw(st.sampled_from(sorted(deleted))))
        self.settle()

    @precondition(lambda self: self.world.pods)
    @rule(data=st.data())
    def a_node_is_lost(self, data: st.DataObject) -> None:
        # Its terminal may run on, but router and keyring refuse its epoch as soon as a newer one is written.
        pod = self.pod(data)
        pod["status"] = {**pod["status"], "node": "lost"}
        self.world.logged_in.discard(pod["metadata"]["uid"])

    @precondition(lambda self: self.world.pods)
    @rule(
        data=st.data(), labels=st.sampled_from([{}, {"lockstep.dev/account": str(UUID(int=1))}, {"lockstep.dev/epoch": "1"}])
    )
    def somebody_edits_labels(self, data: st.DataObject, labels: dict[str, str]) -> None:
        pod = self.pod(data)
        pod["metadata"] = {**pod["metadata"], "labels": labels}
        self.settle()

    @precondition(lambda self: self.world.pods)
    @rule(data=st.data(), owners=st.sampled_from([[], [{"uid": "somebody else"}]]))
    def somebody_edits_owners(self, data: st.DataObject, owners: list[Json]) -> None:
        pod = self.pod(data)
        pod["metadata"] = {**pod["metadata"], "ownerReferences": owners}
        self.settle()

    @precondition(lambda self: self.world.pods)
    @rule(data=st.data())
    def somebody_deletes_a_pod(self, data: st.DataObject) -> None:
        self.world.delete(self.pod(data)["metadata"]["name"])
        self.settle()

    @precondition(lambda self: self.world.account is not None)
    @rule(comes_back=st.booleans())
    def the_account_is_removed(self, comes_back: bool) -> None:
        self.world.account = None
        if comes_back:
            self.world.add_account()
        self.settle()

    @precondition(lambda self: self.world.account is None)
    @rule()
    def the_account_comes_back(self) -> None:
        self.world.add_account()
        self.settle()

    @precondition(lambda self: self.world.account is not None)
    @rule(mode=st.sampled_from([OperatingMode.RUNNING, OperatingMode.RUNNING, OperatingMode.SUSPENDED]))
    def a_person_suspends_or_resumes(self, mode: OperatingMode) -> None:
        account = self.world.account
        assert account is not None
        spec = account.spec.model_copy(update={"operating_mode": mode})
        version = self.world.number()
        changes = {"spec": spec, "generation": account.generation + 1, "resource_version": version}
        self.world.account = account.model_copy(update=changes)
        self.settle()

    @rule(which=st.integers(0, 1))
    def another_image_is_installed(self, which: int) -> None:
        self.world.template = TEMPLATES[which]
        self.settle()

    @invariant()
    def at_most_one_terminal_is_logged_in(self) -> None:
        assert len(self.world.logged_in) <= 1


OneAccount.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestOneAccount = OneAccount.TestCase


def two_operators() -> tuple[World, Operator, Operator]:
    world = World(eager=True)
    world.add_account()
    return world, Operator(world, 7.0), Operator(world, 4e5)


def until_before_its_call(operator: Operator) -> None:
    """Lets the operator work until its next step creates a pod."""
    while operator.start is None or operator.must_look:
        operator.step(refusing=False)


def end_all(world: World) -> None:
    for name in list(world.pods):
        world.end(name)


def test_two_operators_that_read_the_same_start_one_pod() -> None:
    world, one, other = two_operators()
    for _ in range(3):
        one.step(refusing=False)
        other.step(refusing=False)
    one.finish(refusing=False)
    other.finish(refusing=False)
    assert len(world.pods) == 1


def test_an_operator_that_froze_before_its_call_starts_no_second_terminal() -> None:
    world, frozen, other = two_operators()
    until_before_its_call(frozen)
    for _ in range(2):
        other.finish(refusing=False)
        end_all(world)
    other.finish(refusing=False)
    assert len(world.logged_in) == 1
    frozen.finish(refusing=False)
    assert len(world.logged_in) == 1
    other.finish(refusing=False)
    assert sum("deletionTimestamp" not in pod["metadata"] for pod in world.pods.values()) == 1


def test_a_pod_that_appears_while_the_next_epoch_is_written_is_not_joined_by_another() -> None:
    world, frozen, other = two_operators()
    until_before_its_call(frozen)
    other.finish(refusing=False)
    other.finish(refusing=False)
    end_all(world)
    other.step(refusing=False)
    other.step(refusing=False)
    # The other operator saw that there is no pod. Now the first one's pod is created, of an epoch that still counts.
    frozen.finish(refusing=False)
    assert len(world.logged_in) == 1
    other.finish(refusing=False)
    assert len(world.pods) == 1
