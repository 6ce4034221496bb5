"""What is read of a pod's processes and cgroup, and how the figures are made of it."""

from datetime import UTC, datetime

import pytest

from tests.farm.cgroups import pod_folder
from tests.farm.figures import between, figure, last_of, own, per_kind
from tests.farm.growth import ready_since
from tests.farm.pairs import figures, table
from tests.farm.processes import cpu_s, kind_of, pod_uid_of, pss_bytes

UID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("python3 -m lockstep_agent ", "agent"),
        ("/usr/bin/python3 -m lockstep_agent.relay ", "relay"),
        ("/home/trader/terminal/terminal64.exe /portable /config:Z:\\run\\lockstep\\start.ini", "terminal"),
        (r"C:\windows\system32\services.exe", "services.exe"),
        ("tini -- python3 -m lockstep_agent ", "tini"),
        ("/pause", "pause"),
        ("sh", "other"),
    ],
)
def test_a_process_is_known_by_its_command_line(command: str, kind: str) -> None:
    assert kind_of(command) == kind


@pytest.mark.parametrize(
    "line",
    [
        f"4:memory:/lockstep-ab/kubepods/burstable/pod{UID}/abc123",
        f"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable/pod{UID.replace('-', '_')}.slice/cri-abc",
    ],
)
def test_a_pods_processes_are_found_by_either_cgroup_driver(line: str) -> None:
    assert pod_uid_of(line) == UID


def test_a_process_outside_of_pods_is_nobodys() -> None:
    assert pod_uid_of("4:memory:/process_api\n0::/") is None


def test_the_folder_of_a_pods_cgroup_is_that_of_the_whole_pod() -> None:
    lines = [f"5:memory:/x/kubepods/pod{UID}/abc", f"2:cpu,cpuacct:/y/kubepods/pod{UID}/abc", f"0::/z/pod{UID}/abc"]
    assert pod_folder(lines, "cpuacct") == f"/y/kubepods/pod{UID}"
    assert pod_folder(lines, "") == f"/z/pod{UID}"
    assert pod_folder(["2:cpuacct:/"], "cpuacct") is None


def test_memory_is_the_proportional_set_size() -> None:
    assert pss_bytes("00400000-7ffd [rollup]\nRss:  9000 kB\nPss:      1234 kB\nPss_Anon:  1000 kB\n") == 1234 * 1024
    assert pss_bytes("") == 0


def test_processor_time_is_user_and_system_time_whatever_the_processs_name() -> None:
    stat = "42 (a) b (c)) S 1 1 1 0 -1 4194304 100 0 0 0 250 50 7 7 20 0 3 0 100 0 0"
    assert cpu_s(stat, 100) == 3.0


def test_the_terminal_itself_is_not_counted_as_our_own() -> None:
    assert own({"terminal": 100.0, "agent": 30.0, "relay": 20.0}) == 50.0


def test_what_was_spent_counts_only_pods_that_were_there_before() -> None:
    before, after = {"a": {"agent": 1.0}}, {"a": {"agent": 4.0, "relay": 2.0}, "b": {"agent": 9.0}}
    assert between(before, after, 2.0) == {"a": {"agent": 1.5, "relay": 1.0}}


def test_the_pod_in_the_middle_is_shown_process_by_process() -> None:
    totals = {"a": {"agent": 1.0, "relay": 9.0}, "b": {"agent": 3.0, "relay": 9.0}, "c": {"agent": 2.0, "relay": 9.0}}
    assert list(per_kind(totals, 10).items()) == [("relay", 90.0), ("agent", 20.0)]


def test_percentiles_are_by_nearest_rank_and_nothing_has_none() -> None:
    found = figure("ms", [float(n) for n in range(1, 101)])
    assert found is not None
    assert (found.n, found.p50, found.p99, found.max) == (100, 51.0, 100.0, 100.0)
    assert figure("ms", []) is None


def test_a_trade_is_at_its_last_slave_when_the_slowest_has_its_order() -> None:
    assert last_of([[1.0, 5.0, 2.0], [], [4.0]]) == [5.0, 4.0]


def test_an_account_is_ready_since_its_condition_says_so() -> None:
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-30T07:00:00Z"}
    assert ready_since({"status": {"conditions": [ready]}}) == datetime(2026, 11, 30, 7, tzinfo=UTC).timestamp()
    assert ready_since({"status": {"conditions": [{**ready, "status": "False"}]}}) is None
    assert ready_since(None) is None


def test_what_copies_took_from_pod_to_pod_is_told_by_span_in_milliseconds() -> None:
    copies = [{"event_to_order_us": 1000.0 * n, "router_us": 100.0} for n in range(1, 11)]
    found = figures([*copies, {"event_to_order_us": 4000.0}])
    order = found["event→order"]
    assert (order.n, order.p50, order.max) == (11, 5.0, 10.0)
    assert (found["router"].n, found["router"].p99) == (10, 0.1)
    lines = table({"MT5→MT4": found}).splitlines()
    assert len(lines) == 1 + len(found)
    assert lines[1].startswith("MT5→MT4")
