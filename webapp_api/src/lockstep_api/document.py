"""The OpenAPI document that clients are generated from. `python -m lockstep_api.document` prints it."""

import json
import sys

from lockstep_api.app import make_app
from lockstep_api.observe import Metrics
from lockstep_api.settings import Settings


def document_text() -> str:
    """The document as the file that the website keeps."""
    settings = Settings(supabase_url="http://supabase", supabase_publishable_key="none")
    return json.dumps(make_app(settings, Metrics()).openapi(), indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document_text())
