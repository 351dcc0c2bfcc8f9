"""The control API under `/emulator/`: people, faults, clock, figures."""
