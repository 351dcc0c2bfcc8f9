"""Who is speaking, how sure we are, what they agreed to, and who looked at what."""
