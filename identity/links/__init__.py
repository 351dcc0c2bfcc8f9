"""Which LINE account is linked to which outside identity."""
