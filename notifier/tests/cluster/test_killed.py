"""Killed at any point, the notifier loses nothing, and repeats one thing at most once."""

import asyncio
import random
from collections import Counter

import pytest

from notifier.tests.cluster.workers import Database, messages, names, notifier
from notifier.tests.receivers import Mailbox, Receiver

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]
PEOPLE = 60
KILLS = 8


@pytest.mark.parametrize(("step", "most"), [("EHLO", 1), ("RCPT", 1), ("DATA", 2), ("sent", 2)])
async def test_a_mail_arrives_whatever_its_attempt_had_come_to(
    database: Database, mailbox: Mailbox, step: str, most: int
) -> None:
    person = await database.person()
    with notifier(database, mailbox) as first:
        mailbox.on, mailbox.then = step, first.kill
        await database.alert(person)
        while not first.is_over():
            await asyncio.sleep(0.05)
    with notifier(database, mailbox):
        (row,) = await database.settled()
    assert row["sent_at"] is not None
    assert 1 <= len(mailbox.mails) <= most
    assert set(names(mailbox)) == {f"<outbox.{row['id']}@lockstep.example>"}


@pytest.mark.parametrize("step", ["request", "answered"])
async def test_a_webhook_is_called_whatever_its_attempt_had_come_to(
    database: Database, program: Receiver, step: str
) -> None:
    person = await database.person()
    await database.webhook(person, program.url())
    with notifier(database) as first:
        program.on, program.then = step, first.kill
        await database.alert(person, kind="guard_pause_over")
        while not first.is_over():
            await asyncio.sleep(0.05)
    with notifier(database):
        (row,) = await database.settled()
    assert row["sent_at"] is not None
    assert 1 <= len(program.calls) <= 2
    assert set(messages(program)) == {f"msg_{row['id']}"}


async def test_a_mail_that_kills_every_notifier_is_given_up_after_two(database: Database, mailbox: Mailbox) -> None:
    person = await database.person()
    await database.alert(person)
    for _ in range(2):
        with notifier(database, mailbox) as one:
            mailbox.on, mailbox.then = "DATA", one.kill
            while not one.is_over():
                await asyncio.sleep(0.05)
    with notifier(database, mailbox):
        (row,) = await database.settled()
    assert (row["error"], row["sent_at"], len(mailbox.mails)) == ("outcome_unknown", None, 2)


async def test_killed_over_and_over_it_tells_everybody_at_least_once_and_nobody_a_third_time(
    database: Database, mailbox: Mailbox
) -> None:
    people = await database.people(PEOPLE)
    await database.alert(*people)
    chance = random.Random(49)  # noqa: S311 - the moments of a test
    for _ in range(KILLS):
        with notifier(database, mailbox) as one:
            seen = len(mailbox.mails)
            while len(mailbox.mails) == seen and not all(
                r["sent_at"] for r in await database.rows("select sent_at from private.outbox")
            ):
                await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0, 0.05))
            one.kill()
    with notifier(database, mailbox):
        rows = await database.settled(60)
    times = Counter(names(mailbox))
    assert len(rows) == PEOPLE
    assert {row["error"] for row in rows if row["dead_at"]} <= {"outcome_unknown"}
    assert all(times[f"<outbox.{row['id']}@lockstep.example>"] >= 1 for row in rows if row["sent_at"])
    assert max(times.values()) <= 2
