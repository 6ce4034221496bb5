"""Names and labels of everything that belongs to one account in the cluster."""

import re
from typing import Final
from uuid import UUID

GROUP: Final = "lockstep.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = f"{GROUP}/{VERSION}"
KIND: Final = "CopierAccount"
PLURAL: Final = "copieraccounts"

PART_OF_LABEL: Final = "app.kubernetes.io/part-of"
COMPONENT_LABEL: Final = "app.kubernetes.io/component"
ACCOUNT_LABEL: Final = "lockstep.dev/account"
EPOCH_LABEL: Final = "lockstep.dev/epoch"
ENVIRONMENT_LABEL: Final = "lockstep.dev/environment"
SERVER_LABEL: Final = "lockstep.dev/server"
PERSON_LABEL: Final = "lockstep.dev/person"
EGRESS_LABEL: Final = "lockstep.dev/egress"
THROUGH_PROXY: Final = "proxy"
"""On terminal pods whose account has a proxy: no policy lets them reach a broker."""

PART_OF: Final = "lockstep"
TERMINAL: Final = "terminal"

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ACCOUNT_NAME = re.compile(rf"account-({_UUID})")
_NOT_IN_A_LABEL = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_LABEL = 63
_POD_NAME = re.compile(rf"account-({_UUID})-([1-9][0-9]{{0,18}})")


def account_name(account: UUID) -> str:
    """The name of the CopierAccount, of its Secret and of its service account."""
    return f"account-{account}"


def parse_account_name(name: str) -> UUID | None:
    """The account that an object of this name belongs to, None if the name is no account's."""
    match = _ACCOUNT_NAME.fullmatch(name)
    return UUID(match[1]) if match else None


def pod_name(account: UUID, epoch: int) -> str:
    """The name of the terminal pod of an account in an epoch."""
    return f"account-{account}-{epoch}"


def parse_pod_name(name: str) -> tuple[UUID, int] | None:
    """(account, epoch) of a terminal pod's name, None if it is no such name."""
    match = _POD_NAME.fullmatch(name)
    return (UUID(match[1]), int(match[2])) if match else None


def account_labels(account: UUID) -> dict[str, str]:
    """The labels that every object of the account carries."""
    return {PART_OF_LABEL: PART_OF, ACCOUNT_LABEL: str(account)}


def server_label(server: str) -> str:
    """A broker's server name as a label value, by which network policies select its terminals; two may become the same."""
    return _NOT_IN_A_LABEL.sub("-", server).lower()[:_LONGEST_LABEL].strip("-._")


def next_epoch(last: int, now_s: int) -> int:
    """An epoch newer than `last`, and newer even than one that was lost with its CopierAccount.

    `now_s` is Unix time by the API server's clock, never by the caller's.
    """
    return max(last + 1, now_s)
