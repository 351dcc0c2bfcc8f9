"""LINE Login and LIFF: who signs in, with which tokens, signed how."""
