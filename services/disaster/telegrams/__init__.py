"""Telegrams of the Japan Meteorological Agency: from bytes to facts about areas."""
