"""Sets up, verifies and removes second factors. After five wrong codes in a row there are pauses, which grow."""

import base64
import secrets
import time
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lockstep_api import totp
from lockstep_api.context import Caller
from lockstep_api.database import ApiDatabase, StoredFactor
from lockstep_api.errors import FeatureOff, RequestRefused, StoreBroken, WrongCode
from lockstep_api.settings import ApiSettings

_NONCE_BYTES = 12


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
        """Verifies a code of the device, or a backup code of a confirmed factor. Raises WrongCode, RequestRefused."""
        factor = await self._factor(caller.user_id)
        waiting = await self._database.count_code(caller.user_id)
        if waiting is not None:
            raise RequestRefused(429, "too_many_wrong_codes", {"count": waiting["count"], "unit": waiting["unit"]})
        if not await self._accepts(caller, factor, code):
            await self._database.wrong_code(caller.user_id)
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

    async def _accepts(self, caller: Caller, factor: StoredFactor, code: str) -> bool:
        user, session = caller.user_id, caller.session_id or UUID(int=0)
        # Both are computed for every code, so that the time of the answer does not tell which one was compared.
        backup_hash = totp.backup_hash(str(user), code)
        step = totp.step_of(self._open(user, factor.secret), code.replace(" ", ""), time.time(), factor.last_step)
        if step is not None:
            return await self._database.accept_step(user, session, step)
        return factor.confirmed and await self._database.use_backup(user, session, backup_hash)

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
