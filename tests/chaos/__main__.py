"""Kills every part of the installed product while masters trade, and judges by the broker's book.

usage: python -m tests.chaos [--kills N] [--only PART OF A NAME] [--out build/bench/chaos.json]

Two people's masters trade about once a second. Each fault is made so many times, one after the other, each as soon as
copying is steady again. Ends with 1 where a trade was doubled, had wrong lots or was left open, where an opening was lost
that its master still held when copying went on, or where somebody felt a fault who was not to. A bound that was missed is
shown, and is no failure: docs/promises.md lists it as not kept yet.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from lockstep_core.json_object import Json
from tests.chaos.faults import FAULTS
from tests.chaos.judge import LATE_S
from tests.chaos.run import carry_out
from tests.stack.errors import StackError
from tests.stack.outliving import why_not_here
from tests.stack.people import doors_and_broker
from tests.stack.scene import raise_scene
from tests.stack.shell import say
from tests.stack.signals import end_as_ctrl_c

KILLS = 20


def main(arguments: list[str]) -> int:
    """A `StackError` becomes one plain message."""
    parser = argparse.ArgumentParser(description="Faults under trades, judged by the broker's book.")
    parser.add_argument("--kills", type=int, default=KILLS, help="how many times each fault is made")
    parser.add_argument("--only", action="append", help="faults with this in their names; may be given several times")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--out", type=Path, default=Path("build/bench/chaos.json"))
    options = parser.parse_args(arguments)
    if why_not_here():
        print(f"SKIPPED: {why_not_here()}", file=sys.stderr)
        return 0
    chosen = [fault for fault in FAULTS if not options.only or any(part in fault.name for part in options.only)]
    if not chosen:
        print(f"No fault has this in its name. There are: {', '.join(fault.name for fault in FAULTS)}", file=sys.stderr)
        return 2
    end_as_ctrl_c()
    say(f"seed {options.seed}, {options.kills} of each of {len(chosen)} faults")
    try:
        with doors_and_broker() as one, doors_and_broker() as two, raise_scene(*one) as hit, raise_scene(*two) as beside:
            found = carry_out(chosen, options.kills, hit, beside, options.seed)
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"cpus": os.cpu_count(), "seed": options.seed, **found._asdict()}, indent=1) + "\n")
    print(table(found.faults))
    if found.strangers:
        print(f"{found.strangers} links in the slaves' books are of no trade")
    return int(
        found.strangers > 0 or any(each["wrong"] or each["lost"] or felt_by_others(each) for each in found.faults.values())
    )


def felt_by_others(each: Json) -> bool:
    """Whether a fault of one person's pod held up another's openings."""
    return not each["shared"] and each["beside_s"].get("max", 0.0) > LATE_S


def table(found: Json) -> str:
    """One line for each fault."""
    head = f"{'fault':32}{'n':>4}{'p50 s':>8}{'max s':>8}{'bound':>7}{'beside':>8}"
    lines = [head + f"{'trades':>8}{'missed':>8}{'lost':>6}{'wrong':>7}"]
    for name, each in found.items():
        hit, beside = each["hit_s"], each["beside_s"]
        copied, missed = (sum(verdict[key] for verdict in each["trades"]) for key in ("copied", "missed"))
        kept = "" if hit["max"] <= each["bound_s"] else "  NOT IN TIME"
        kept += "  FELT BY OTHERS" if felt_by_others(each) else ""
        lines.append(
            f"{name:32}{hit['n']:4}{hit['p50']:8.1f}{hit['max']:8.1f}{each['bound_s']:7.0f}{beside['max']:8.1f}"
            f"{copied + missed:8}{missed:8}{each['lost']:6}{each['wrong']:7}{kept}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
