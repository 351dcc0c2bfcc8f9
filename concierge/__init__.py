"""The entry: command line, supervisor, composition of all packages. Nothing imports it."""

import os

from kit.garbage import starting

starting()
# Many processes share few cores. NumPy's own threads wait for each other when the cores are busy:
# an FAQ search of 4 ms was measured at 70 ms. The variable must stand before NumPy is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
