"""Nursery places in the talk: what is free, points, and the way to the application's page."""
