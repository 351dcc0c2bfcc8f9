"""What each citizen wants to hear, and the page to set it."""
