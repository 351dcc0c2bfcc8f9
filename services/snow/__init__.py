"""Snow and other road matters: reports, ploughs, and how slippery it will be."""
