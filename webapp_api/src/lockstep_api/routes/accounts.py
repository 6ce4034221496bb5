"""Routes for trading accounts and their sealed passwords."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from lockstep_api.context import KeysOf, StoreOf, Words
from lockstep_api.lists import AccountList, AccountOrder, PlaceText, account_filter, page_of
from lockstep_api.models import (
    AccountChange,
    AccountResponse,
    NewAccount,
    NewCredentials,
    NewProxy,
    NewServer,
    OfferedProxy,
)
from lockstep_api.pages import AccountHistory
from lockstep_api.problems import documented
from lockstep_api.sealing import PublishedKeys, require_known_key
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1/accounts", route_class=SignedInRoute, tags=["accounts"], responses=documented(401, 403, 503))


@router.post("", status_code=201, responses=documented(409, 413))
async def register(body: NewAccount, keys: KeysOf, store: StoreOf, words: Words) -> AccountResponse:
    """Adds a trading account with its sealed password."""
    require_known_key(keys, body.sealed.key_id)
    _require_known_proxy_key(keys, body.proxy)
    return AccountResponse.model_validate(await store.register(body), context=words)


@router.get("")
async def accounts(
    store: StoreOf,
    words: Words,
    wanted: Annotated[dict[str, Any], Depends(account_filter)],
    sort: AccountOrder = "created",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: PlaceText = None,
) -> AccountList:
    """Trading accounts, oldest first, or in the order of `sort`; `-` turns it around. Names order as people read them."""
    items, rest = await page_of(store, "find_accounts", wanted, sort, limit, cursor)
    return AccountList.model_validate({"items": items, **rest}, context=words)


@router.get("/{account}", responses=documented(404))
async def account(account: UUID, store: StoreOf, words: Words) -> AccountResponse:
    """One trading account."""
    return AccountResponse.model_validate(await store.account(account), context=words)


@router.patch("/{account}", responses=documented(404, 409))
async def change(account: UUID, body: AccountChange, store: StoreOf, words: Words) -> AccountResponse:
    """Renames an account, changes its role or its mode, suspends it or lets it run again."""
    return AccountResponse.model_validate(await store.change_account(account, body), context=words)


@router.delete("/{account}", status_code=204, responses=documented(404))
async def remove(account: UUID, store: StoreOf) -> None:
    """Removes an account with its sealed password, its copiers and its terminal. Open positions stay at the broker."""
    await store.remove_account(account)


@router.put("/{account}/credentials", responses=documented(404, 413))
async def replace_credentials(
    account: UUID, body: NewCredentials, keys: KeysOf, store: StoreOf, words: Words
) -> AccountResponse:
    """Replaces the sealed password. The terminal is restarted with the new one."""
    require_known_key(keys, body.sealed.key_id)
    return AccountResponse.model_validate(await store.replace_credentials(account, body.sealed), context=words)


@router.put("/{account}/proxy", responses=documented(404, 413))
async def replace_proxy(account: UUID, body: NewProxy, keys: KeysOf, store: StoreOf, words: Words) -> AccountResponse:
    """Sets the proxy through which alone the terminal reaches its broker. The terminal is restarted."""
    _require_known_proxy_key(keys, body)
    return AccountResponse.model_validate(await store.replace_proxy(account, body), context=words)


@router.put("/{account}/offered-proxy", responses=documented(404, 413))
async def use_offered_proxy(account: UUID, body: OfferedProxy, store: StoreOf, words: Words) -> AccountResponse:
    """Lets the terminal reach its broker through a proxy that the service offers, and no other way. The terminal is
    restarted.
    """
    return AccountResponse.model_validate(await store.replace_proxy(account, body), context=words)


@router.delete("/{account}/proxy", responses=documented(404))
async def remove_proxy(account: UUID, store: StoreOf, words: Words) -> AccountResponse:
    """Lets the terminal reach its broker without a proxy. The terminal is restarted."""
    return AccountResponse.model_validate(await store.replace_proxy(account, None), context=words)


@router.put("/{account}/server", responses=documented(404, 409, 413))
async def move(account: UUID, body: NewServer, keys: KeysOf, store: StoreOf, words: Words) -> AccountResponse:
    """The account's broker has renamed its server. The account keeps its copiers, open copies and history."""
    require_known_key(keys, body.sealed.key_id)
    return AccountResponse.model_validate(await store.move_account(account, body), context=words)


@router.post("/{account}/restart", responses=documented(404))
async def restart(account: UUID, store: StoreOf, words: Words) -> AccountResponse:
    """Restarts the terminal of an account, also after a failure that is not retried."""
    return AccountResponse.model_validate(await store.restart_account(account), context=words)


@router.get("/{account}/history", responses=documented(404))
async def history(account: UUID, store: StoreOf, words: Words) -> AccountHistory:
    """The states of the account's terminal, newest first."""
    _, states = await asyncio.gather(store.account(account), store.history(account))
    return AccountHistory.model_validate({"items": states}, context=words)


def _require_known_proxy_key(keys: PublishedKeys, proxy: NewProxy | None) -> None:
    if proxy is not None and proxy.sealed is not None:
        require_known_key(keys, proxy.sealed.key_id)
