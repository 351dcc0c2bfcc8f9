"""When waste is collected, how things are thrown away, and the reminder of the evening before."""
