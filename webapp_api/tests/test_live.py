"""Masters beside their slaves."""

from typing import Any
from uuid import UUID

from lockstep_api.live import side_by_side

MASTER, SLAVE, BOTH, LONE = (str(UUID(int=n)) for n in range(1, 5))
COPIER = str(UUID(int=9))
AT = "2026-11-23T10:00:00+00:00"


def held(ticket: str, magic: str = "0", keys: tuple[str, ...] = ()) -> dict[str, Any]:
    """A position as the router writes it."""
    numbers = {"ticket": ticket, "magic": magic, "keys": list(keys or (ticket,)), "lots": 50_000_000}
    prices = {"open_price": 1.1, "sl": None, "tp": None, "price": 1.2, "profit": 5.0}
    return {**numbers, **prices, "symbol": "EURUSD", "side": "buy", "opened_at": AT}


def account(number: str, *positions: dict[str, Any]) -> dict[str, Any]:
    """A row of `account_live`."""
    money = dict.fromkeys(("balance", "equity", "margin", "margin_free"), 1.0)
    seen = {"leverage": 100, "connected": True, "heartbeat_at": AT, "first_tick": None, "updated_at": AT}
    return {"account_id": number, "currency": "USD", **money, **seen, "positions": list(positions)}


def copy(link: str, master_position: str, slave_position: str | None = None, **more: Any) -> dict[str, Any]:
    """An open copy."""
    ends = {"master_account_id": MASTER, "slave_account_id": SLAVE, "copier_id": COPIER, "link_id": link}
    state = {"status": "open", "open_lots": 10**8, "reason": None, "params": {}}
    return {**ends, **state, "master_position": master_position, "slave_position": slave_position, **more}


def shown(accounts: list[Any], copies: list[Any], masters: tuple[str, ...] = (MASTER,)) -> Any:
    return side_by_side({"accounts": accounts, "copies": copies, "masters": list(masters)})


def test_a_position_is_beside_its_copy() -> None:
    page = shown([account(MASTER, held("1"), held("2")), account(SLAVE, held("71", "500"))], [copy("500", "1", "71")])
    assert [(g.master.ticket, [c.position.ticket for c in g.copies]) for g in page.groups] == [("1", ["71"]), ("2", [])]
    assert page.others == ()
    assert [a.positions for a in page.accounts] == [2, 1]


def test_what_a_slave_still_shows_of_a_copy_that_was_just_closed_is_left_out() -> None:
    accounts = [account(MASTER), account(SLAVE, held("71", "500"), held("72"))]
    page = shown(accounts, [copy("500", "1", "71", status="closed")])
    assert page.groups == ()
    assert [(other.position.ticket, other.link) for other in page.others] == [("72", None)]


def test_a_copy_whose_ticket_is_not_known_yet_is_found_by_its_magic_number() -> None:
    page = shown([account(MASTER, held("1")), account(SLAVE, held("71", "500"))], [copy("500", "1", status="sent")])
    assert page.groups[0].copies[0].position.ticket == "71"


def test_legs_of_one_position_are_one_group_and_shares_show_one_position() -> None:
    page = shown(
        [account(MASTER, held("1", keys=("1", "12345"))), account(SLAVE, held("71", "501"))],
        [copy("500", "1", "71"), copy("501", "12345", "71")],
    )
    (group,) = page.groups
    assert [(c.link_id, c.position.ticket, c.open_lots) for c in group.copies] == [
        ("500", "71", "1.00"),
        ("501", "71", "1.00"),
    ]
    assert page.others == ()


def test_what_is_nobodys_copy_and_what_lost_its_master_is_told_apart() -> None:
    page = shown([account(MASTER), account(SLAVE, held("71", "500"), held("72"))], [copy("500", "1", "71")])
    assert [(o.position.ticket, o.link and o.link.link_id) for o in page.others] == [("71", "500"), ("72", None)]


def test_a_copy_that_is_not_there_is_shown_without_a_position() -> None:
    page = shown([account(MASTER, held("1"))], [copy("500", "1", status="unresolved")])
    assert (page.groups[0].copies[0].position, page.groups[0].copies[0].status) == (None, "unresolved")


def test_an_account_in_the_middle_of_a_chain_follows_and_leads() -> None:
    chain = copy("600", "71", "91", master_account_id=BOTH, slave_account_id=SLAVE)
    page = shown(
        [account(MASTER, held("1")), account(BOTH, held("71", "500")), account(SLAVE, held("91", "600"))],
        [copy("500", "1", "71", slave_account_id=BOTH), chain],
        (MASTER, BOTH),
    )
    assert [(g.master.ticket, [c.position.ticket for c in g.copies]) for g in page.groups] == [("1", ["71"]), ("71", ["91"])]


def test_an_account_that_nobody_follows_shows_what_it_has() -> None:
    page = shown([account(LONE, held("5"))], [])
    assert [(o.position.account_id, o.link) for o in page.others] == [(UUID(LONE), None)]
