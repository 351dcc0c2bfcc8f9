"""A stand-in for a city's My-ID: an OpenID provider with a login page and invented residents.

It is an independent program that others reach over HTTP: `python -m emulators.my_id`.
"""
