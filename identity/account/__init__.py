"""The citizen's own account: consents, export, deletion."""
