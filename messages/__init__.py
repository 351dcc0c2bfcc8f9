"""What may be said to a citizen: neutral messages, languages, hazards, topics, clients."""
