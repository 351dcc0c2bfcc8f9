"""What a citizen wants to be told, and in which language."""
