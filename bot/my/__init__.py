"""Citizens' own pages of the bot, reached by a link from the chat."""
