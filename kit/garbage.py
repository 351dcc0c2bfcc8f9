"""When Python looks for garbage: hardly while a program is read in, as usual while it serves."""

import gc

# What is read in stays. To look through it again and again took a quarter of each start.
_WHILE_STARTING = 100_000
_USUALLY = 700


def starting() -> None:
    """Look for garbage hardly ever, until `started`."""
    gc.set_threshold(_WHILE_STARTING)


def started() -> None:
    """Look as usual from now on, and never again at what is there by now.

    A collection that looks at all of it would hold the loop.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_USUALLY)
