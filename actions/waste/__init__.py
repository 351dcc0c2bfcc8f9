"""Collection days, sorting and reminders."""
