"""A separate database with the installed schema, on the cluster's Postgres, for tests that write freely."""

import base64
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from tests.stack.errors import StackError
from tests.stack.kube import DEVSTACK, get, kubectl, reach

POD = ("-n", DEVSTACK, "exec", "-i", "lockstep-postgres-0", "-c", "postgres", "--", "sh", "-ec")


@contextmanager
def scratch_database() -> Iterator[str]:
    """URL of a superuser's connection to a new database that is dropped at the end, or the one that
    `LOCKSTEP_TEST_DATABASE_URL` names."""
    given = os.environ.get("LOCKSTEP_TEST_DATABASE_URL")
    if given:
        yield given
        return
    name = f"scratch_{secrets.token_hex(6)}"
    copy = f"pg_dump -U postgres -s postgres | psql -U postgres -q -d {name} >/dev/null"
    kubectl(*POD, f"createdb -U postgres {name} && {copy}")
    try:
        with reach("lockstep-postgres", DEVSTACK, 5432) as address:
            yield f"postgresql://postgres:{_password()}@{address}/{name}?sslmode=disable"
    finally:
        kubectl(*POD, f"dropdb -U postgres --force {name}")


def _password() -> str:
    secret = get("secret", "lockstep-postgres", DEVSTACK)
    if secret is None:
        raise StackError("Postgres is not installed. Run `make install`.")
    return base64.b64decode(secret["data"]["postgres"]).decode()
