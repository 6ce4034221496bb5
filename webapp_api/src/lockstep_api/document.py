"""The OpenAPI document, from which the website's client is generated. `python -m lockstep_api.document` prints it."""

import json
import sys

from lockstep_api.app import make_app
from lockstep_api.metrics import ApiMetrics
from lockstep_api.settings import ApiSettings


def document_text() -> str:
    """The document as it is stored in website/openapi.json."""
    settings = ApiSettings(supabase_url="http://supabase", supabase_publishable_key="none")
    return json.dumps(make_app(settings, ApiMetrics()).openapi(), indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document_text())
