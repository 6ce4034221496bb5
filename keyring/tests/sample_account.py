"""The account of which the pure tests speak."""

from uuid import UUID

from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import CopierAccountSpec, Credentials, SpecEnvironment, SpecRole

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
OTHER = UUID("0b1c2d3e-0000-4000-8000-00000000000b")
SPEC = CopierAccountSpec(
    account_id=ACCOUNT,
    user_id=OTHER,
    platform=Platform.MT5,
    environment=SpecEnvironment.DEMO,
    login="12345",
    server="Broker-Demo",
    role=SpecRole.BOTH,
    credentials=Credentials(secret_name="sealed", version=1),
)
