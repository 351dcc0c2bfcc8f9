"""Snow and roads: reports, ploughs, slippery places."""
