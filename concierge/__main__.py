"""`python -m concierge`."""

from concierge.cli import app

app()
