"""Browser sessions, one-time links and the login pages."""
