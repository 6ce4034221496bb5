"""Sets up, verifies and removes second factors. At most five codes may be tried in five minutes."""

import base64
import secrets
import time
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lockstep_api import totp
from lockstep_api.context import Caller
from lockstep_api.database import ApiDatabase, StoredFactor
from lockstep_api.errors import FeatureOff, RequestRefused, StoreBroken, TooManyRequests, WrongCode
from lockstep_api.settings import ApiSettings

_NONCE_BYTES = 12
_WAIT_S = 300


class SecondFactors:
    """The second factors of all users."""

    def __init__(self, settings: ApiSettings, database: ApiDatabase) -> None:
        if settings.second_factor_key is None:
            raise FeatureOff
        self._cipher = AESGCM(base64.b64decode(settings.second_factor_key.get_secret_value()))
        self._database = database

    async def begin(self, caller: Caller) -> bytes:
        """Makes a new secret, which is used once it is confirmed. Raises RequestRefused if a confirmed one exists."""
        secret = totp.new_secret()
        if not await self._database.begin_factor(caller.user_id, self._seal(caller.user_id, secret)):
            raise RequestRefused(409, "second_factor_exists")
        return secret

    async def verify(self, caller: Caller, code: str) -> None:
        """Verifies a code of the device, or a backup code of a confirmed factor. Raises WrongCode, TooManyRequests."""
        factor = await self._factor(caller.user_id)
        if not await self._database.may_try(caller.user_id):
            raise TooManyRequests(_WAIT_S)
        if not (await self._is_step(caller, factor, code) or (factor.confirmed and await self._is_backup(caller, code))):
            raise WrongCode

    async def confirm(self, caller: Caller, code: str) -> tuple[str, ...]:
        """Confirms a new device with its first code. Returns the backup codes, which are never shown again."""
        await self.verify(caller, code)
        return await self._new_codes(caller.user_id)

    async def replace_codes(self, caller: Caller, code: str) -> tuple[str, ...]:
        """Makes new backup codes, which replace the old ones."""
        await self.verify(caller, code)
        return await self._new_codes(caller.user_id)

    async def remove(self, caller: Caller, code: str) -> None:
        """Removes the second factor."""
        await self.verify(caller, code)
        await self._database.remove_factor(caller.user_id)

    async def _factor(self, user: UUID) -> StoredFactor:
        factor = await self._database.factor(user)
        if factor is None:
            raise RequestRefused(404, "no_second_factor")
        return factor

    async def _is_step(self, caller: Caller, factor: StoredFactor, code: str) -> bool:
        secret = self._open(caller.user_id, factor.secret)
        step = totp.step_of(secret, code.replace(" ", ""), time.time(), factor.last_step)
        return step is not None and await self._database.accept_step(caller.user_id, _session(caller), step)

    async def _is_backup(self, caller: Caller, code: str) -> bool:
        code_hash = totp.backup_hash(str(caller.user_id), code)
        return await self._database.use_backup(caller.user_id, _session(caller), code_hash)

    async def _new_codes(self, user: UUID) -> tuple[str, ...]:
        codes = totp.new_backup_codes()
        await self._database.set_backup_codes(user, tuple(totp.backup_hash(str(user), code) for code in codes))
        return codes

    def _seal(self, user: UUID, secret: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, user.bytes)

    def _open(self, user: UUID, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], user.bytes)
        except InvalidTag as error:
            raise StoreBroken("second_factor_unreadable") from error


def _session(caller: Caller) -> UUID:
    return caller.session_id or UUID(int=0)
