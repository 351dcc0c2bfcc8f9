"""The Meteorological Agency on one machine: real telegrams, dated now and addressed to a city."""
