"""What a hosted project sends by mail, as supabase/config.toml has it."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EMAIL = tomllib.loads((ROOT / "supabase/config.toml").read_text())["auth"]["email"]
LINKS, NOTICES = EMAIL["template"], EMAIL["notification"]


@pytest.mark.parametrize("what", ["password_changed", "email_changed"])
def test_the_owner_is_told_of_a_new_password_and_a_new_address_by_mail(what: str) -> None:
    notice = NOTICES[what]
    assert notice["enabled"]
    assert notice["subject"]
    text = (ROOT / notice["content_path"]).read_text()
    # Whoever reads the mails of a thief's address, too, must find no way in.
    assert "{{ .Token" not in text
    assert "If it was not you" in text


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_in_a_mail_leads_to_the_website_which_asks_before_anybody_is_signed_in(kind: str) -> None:
    text = (ROOT / LINKS[kind]["content_path"]).read_text()
    assert "{{ .ConfirmationURL }}" not in text
    assert "{{ .SiteURL }}/confirm?token_hash={{ .TokenHash }}" in text
