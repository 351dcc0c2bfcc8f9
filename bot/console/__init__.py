"""Staff pages of the bot."""
