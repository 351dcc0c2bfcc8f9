"""What goes on with the topic: an aspect of the entry told last, a matter near it, a command."""
