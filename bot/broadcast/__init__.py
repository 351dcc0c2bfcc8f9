"""Announcements to many citizens."""
