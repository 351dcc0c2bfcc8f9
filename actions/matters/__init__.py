"""Which matter a message is about: the words that a skill needs, and what belongs to others."""
