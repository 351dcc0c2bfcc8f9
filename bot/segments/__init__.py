"""What citizens want to hear, and telling many of them at once."""
