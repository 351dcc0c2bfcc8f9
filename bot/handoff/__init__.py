"""People behind the bot: who waits for one, who holds a conversation, and how it ends."""
