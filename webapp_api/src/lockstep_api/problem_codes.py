"""Every code that a request or a field of it can be refused with, by the API or by the database, and its params."""

from collections.abc import Mapping
from typing import get_args

from lockstep_api.errors import Resource
from lockstep_core.settings.findings import PARAMS as SETTINGS_PARAMS
from lockstep_core.skips import Shape

_WITHOUT_PARAMS = (
    "account_exists",
    "account_id_unusable",
    "account_identity_fixed",
    "already_exists",
    "bad_cursor",
    "copied_already",
    "copier_ends_fixed",
    "copier_exists",
    "copier_gone",
    "copy_over",
    "email_differs",
    "environments_differ",
    "forbidden",
    "gone",
    "idempotency_key_reused",
    "internal",
    "invalid_value",
    "is_staff",
    "length_required",
    "method_not_allowed",
    "no_second_factor",
    "no_such_path",
    "no_such_zone",
    "not_a_master",
    "not_a_slave",
    "not_available_here",
    "not_signed_in",
    "not_with_a_token",
    "nothing_open",
    "plaintext_password",
    "reason_missing",
    "refused",
    "role_in_use",
    "sealed_malformed",
    "sealing_key_unavailable",
    "second_factor_exists",
    "second_factor_required",
    "staff_only",
    "still_under_way",
    "store_broken",
    "store_unavailable",
    "suspended",
    "template_exists",
    "token_reads_only",
    "too_many_requests",
    "too_slow",
    "unknown_key",
    "wrong_code",
)
_WAIT: Shape = {"count": int, "unit": str}
PARAMS: Mapping[str, Shape] = {
    **{code: {} for code in _WITHOUT_PARAMS},
    **{f"{what}_not_found": {} for what in get_args(Resource)},
    "account_limit_reached": {"most": int},
    "bad_idempotency_key": {"least": int, "most": int},
    "copier_limit_reached": {"most": int},
    "copier_loop": {"through": str},
    "invalid_request": {"problems": str},
    "invalid_settings": {"problems": str},
    "login_malformed": {"most": int},
    "login_paused": _WAIT,
    "no_such_action": {"known": str},
    "password_malformed": {"most": int},
    "server_malformed": {"most": int},
    "template_limit_reached": {"most": int},
    "too_large": {"limit": int},
    "too_many_starts": _WAIT,
    "too_many_tokens": {"most": int},
    "too_many_wrong_codes": _WAIT,
    "unreadable_calendar": {"format": str, "needed": str, "missing": str},
}
FIELD_PARAMS: Mapping[str, Shape] = {
    **SETTINGS_PARAMS,
    "base64": {},
    "nothing_to_change": {},
    "one_line": {},
    "sealed_size": {},
}
"""What can be wrong with one field."""
