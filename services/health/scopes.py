"""What the health service's manifest says: its desk and its scopes."""

from pathlib import Path

from auth.manifests import read_manifest, read_scopes

MANIFEST = read_manifest(Path(__file__).parent)
SCOPES = read_scopes(Path(__file__).parent)
CONSENT = "health_records"
"""The purpose of the city's `consents.toml` without which no page shows a record."""
