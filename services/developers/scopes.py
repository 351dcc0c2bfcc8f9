"""What the manifest of this service says: its desk, its scopes, and how long it keeps what."""

from pathlib import Path

from auth.manifests import read_manifest, read_scopes

MANIFEST = read_manifest(Path(__file__).parent)
SCOPES = read_scopes(Path(__file__).parent)
