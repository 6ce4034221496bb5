"""Who is given which secret."""

import re
from pathlib import Path

from lockstep_api.settings import ApiSettings

ROOT = Path(__file__).resolve().parents[2]
SIGNS_TOKENS = re.compile(r"jwt.?secret|service.?role|secret-key", re.IGNORECASE)


def test_nothing_of_the_product_is_given_what_signs_tokens_of_people() -> None:
    templates = [file for kind in ("*.yaml", "*.tpl") for file in sorted((ROOT / "charts/lockstep").rglob(kind))]
    assert len(templates) > 10
    assert [str(file) for file in templates if SIGNS_TOKENS.search(file.read_text())] == []
    assert [name for name in ApiSettings.model_fields if SIGNS_TOKENS.search(name)] == []
    website = (ROOT / "website/src/server/env.ts").read_text()
    assert not SIGNS_TOKENS.search(website)


def test_development_keeps_it_in_the_namespace_of_its_own_supabase() -> None:
    secrets = (ROOT / "charts/devstack/templates/secrets.yaml").read_text().split("---\n")
    given_away = [secret for secret in secrets if "namespace: {{ . }}" in secret or "$.Values.systemNamespace" in secret]
    assert len(given_away) == 2
    assert [secret for secret in given_away if SIGNS_TOKENS.search(secret)] == []
