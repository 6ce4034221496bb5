"""Who calls is asked once, and made-up tokens soon cost no question."""

import uuid
from collections import Counter

import pytest

from lockstep_api.authentication import Authenticator
from lockstep_api.credentials import ApiToken, Credential, new_api_token, token_hash
from lockstep_api.errors import NotSignedIn, StoreUnavailable, TooManyRequests
from lockstep_api.limits import Buckets
from lockstep_api.remembered import Remembered

ALICE = uuid.UUID(int=1)
BURST = 5


class Database:
    """Knows one token. Counts what it is asked."""

    def __init__(self, known: str) -> None:
        self.known = token_hash(known)
        self.asked: Counter[bytes] = Counter()
        self.away = False

    async def owner(self, credential: Credential) -> uuid.UUID:
        assert isinstance(credential, ApiToken)
        self.asked[credential.hash] += 1
        if self.away:
            raise StoreUnavailable
        if credential.hash != self.known:
            raise NotSignedIn
        return ALICE


def authenticator(database: Database) -> Authenticator:
    return Authenticator(database.owner, Buckets(1e-9, BURST))


async def test_a_caller_is_asked_for_once() -> None:
    token = new_api_token()
    database = Database(token)
    known = authenticator(database)
    for _ in range(3 * BURST):
        assert (await known.identify(token, "192.0.2.1")).user == ALICE
    assert database.asked.total() == 1


async def test_the_same_unknown_token_is_asked_for_once() -> None:
    database, unknown = Database(new_api_token()), new_api_token()
    known = authenticator(database)
    for _ in range(3 * BURST):
        with pytest.raises(NotSignedIn):
            await known.identify(unknown, "192.0.2.1")
    assert database.asked.total() == 1


async def test_made_up_tokens_of_one_address_soon_cost_no_question_and_others_do_not_suffer() -> None:
    token = new_api_token()
    database = Database(token)
    known = authenticator(database)
    for number in range(100):
        with pytest.raises(NotSignedIn if number < BURST else TooManyRequests):
            await known.identify(new_api_token(), "192.0.2.1")
    assert database.asked.total() == BURST
    assert (await known.identify(token, "192.0.2.2")).user == ALICE
    assert (await known.identify(token, "192.0.2.1")).user == ALICE, "a known caller is no guess"


async def test_a_database_that_is_away_makes_nobody_a_guesser() -> None:
    token = new_api_token()
    database = Database(token)
    known = authenticator(database)
    database.away = True
    for _ in range(3 * BURST):
        with pytest.raises(StoreUnavailable):
            await known.identify(token, "192.0.2.1")
    database.away = False
    assert (await known.identify(token, "192.0.2.1")).user == ALICE


async def test_what_cannot_be_a_token_costs_nothing() -> None:
    database = Database(new_api_token())
    known = authenticator(database)
    for _ in range(3 * BURST):
        with pytest.raises(NotSignedIn):
            await known.identify("ls_short", "192.0.2.1")
    assert database.asked.total() == 0


def test_the_memory_is_bounded_in_number_and_time() -> None:
    memory: Remembered[int] = Remembered(3)
    for number in range(10):
        memory.put(bytes([number]), number, 100.0)
    assert len(memory) == 3
    assert [memory.get(bytes([number]), 99.0) for number in (6, 7, 9)] == [None, 7, 9]
    assert memory.get(bytes([9]), 100.0) is None
