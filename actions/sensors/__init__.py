"""What the city's sensors measure, in the talk."""
