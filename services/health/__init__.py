"""The maternal and child handbook: vaccination schedule, growth, exchange with other systems."""
