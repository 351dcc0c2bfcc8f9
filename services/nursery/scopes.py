"""What the nursery service's manifest says: its desk and its scopes."""

from pathlib import Path

from auth.manifests import read_manifest, read_scopes

MANIFEST = read_manifest(Path(__file__).parent)
DESK = MANIFEST.desk
SCOPES = read_scopes(Path(__file__).parent)
