"""Where people live: towns, landmarks and postal codes, and the districts they belong to."""
