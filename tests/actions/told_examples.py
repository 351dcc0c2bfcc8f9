"""The day on which the example sentences about life events were sent."""

from datetime import date

TODAY = date(2026, 11, 30)
"""A Monday."""
