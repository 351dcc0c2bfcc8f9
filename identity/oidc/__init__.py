"""OpenID Connect: relying party, providers, requests under way."""
