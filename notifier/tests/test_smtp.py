"""Mails, handed to a real mail server."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from lockstep_notifier.errors import NotSent
from lockstep_notifier.smtp import MailServer
from notifier.tests.receivers import Mailbox, mail_server
from notifier.tests.samples import SITE, delivery, reader, settings, told


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[MailServer]:
    server = MailServer(settings(smtp_port=mailbox.port, smtp_timeout_s=2, webhook_timeout_s=2, lease_s=12))
    yield server
    server.close()


async def test_a_mail_says_the_same_as_text_and_as_html(mailbox: Mailbox, server: MailServer) -> None:
    await server.send(delivery(told(label="Main"), to=reader("ar")))
    (mail,) = mailbox.mails
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert mail["Subject"] in text.get_content()
    assert mail["Subject"] in html.get_content()
    assert mailbox.recipients == ["ann@example.test"]


async def test_its_headers_let_readers_end_it_with_one_click(mailbox: Mailbox, server: MailServer) -> None:
    await server.send(delivery())
    (mail,) = mailbox.mails
    assert mail["List-Unsubscribe"] == f"<{SITE}/unsubscribe?token={'t' * 64}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_a_repeated_mail_has_the_same_name(mailbox: Mailbox, server: MailServer) -> None:
    for _ in range(2):
        await server.send(delivery(told(number=7)))
    assert [mail["Message-ID"] for mail in mailbox.mails] == ["<outbox.7@lockstep.example>"] * 2


async def test_a_connection_is_used_again(mailbox: Mailbox, server: MailServer) -> None:
    for _ in range(3):
        await server.send(delivery())
    assert (len(mailbox.mails), mailbox.logins) == (3, 1)


async def test_many_at_once_have_connections_of_their_own(mailbox: Mailbox, server: MailServer) -> None:
    await asyncio.gather(*(server.send(delivery(told(number=n))) for n in range(40)))
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 40


@pytest.mark.parametrize(
    ("step", "answer", "permanent"),
    [
        ("RCPT", "550 no such person", True),
        ("RCPT", "451 come again", False),
        ("DATA", "554 spam", True),
        ("DATA", "452 full", False),
    ],
)
async def test_a_refusal_is_final_where_the_server_says_so(
    mailbox: Mailbox, server: MailServer, step: str, answer: str, permanent: bool
) -> None:
    mailbox.answers[step] = answer
    with pytest.raises(NotSent) as refused:
        await server.send(delivery())
    assert (refused.value.permanent, refused.value.unknown) == (permanent, False)
    assert answer[:3] in refused.value.code
    mailbox.answers.clear()
    await server.send(delivery())
    assert len(mailbox.mails) == 1


async def test_without_its_last_word_nobody_knows(mailbox: Mailbox, server: MailServer) -> None:
    mailbox.on, mailbox.then = "DATA", lambda: time.sleep(3)
    with pytest.raises(NotSent) as lost:
        await server.send(delivery())
    assert lost.value.unknown
    assert len(mailbox.mails) == 1


async def test_before_that_it_is_no_mail(mailbox: Mailbox, server: MailServer) -> None:
    mailbox.on, mailbox.then = "RCPT", lambda: time.sleep(3)
    with pytest.raises(NotSent) as lost:
        await server.send(delivery())
    assert not lost.value.unknown
    assert mailbox.mails == []


async def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotSent) as away:
        await MailServer(settings(smtp_port=1)).send(delivery())
    assert (away.value.code, away.value.permanent) == ("mail_server_away", False)


@pytest.mark.parametrize("address", ["", "no address", "a@b\r\nBcc: all@example.test"])
async def test_what_is_no_address_is_never_tried_again(mailbox: Mailbox, server: MailServer, address: str) -> None:
    with pytest.raises(NotSent) as refused:
        await server.send(delivery(to=reader(address=address)))
    assert refused.value.permanent
    assert mailbox.recipients == []
