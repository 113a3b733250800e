"""`python -m app.api` prints openapi.json."""

import sys

from app.api.description import described_app
from app.api.openapi import openapi_text

sys.stdout.write(openapi_text(described_app().openapi()))
