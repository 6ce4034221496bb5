"""The OpenAPI document that clients are generated from. `python -m lockstep_api.document` prints it."""

import json
import sys

from lockstep_api.app import make_app
from lockstep_api.observe import Metrics
from lockstep_api.settings import read_settings


def document_text() -> str:
    """The document as the file that the website keeps."""
    settings = read_settings({"LOCKSTEP_SUPABASE_URL": "http://supabase", "LOCKSTEP_SUPABASE_PUBLISHABLE_KEY": "none"})
    return json.dumps(make_app(settings, Metrics()).openapi(), indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document_text())
