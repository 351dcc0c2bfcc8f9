"""A stand-in for the Digital Agency's Digital Authentication App, with test cards.

It is an independent program that others reach over HTTP: `python -m emulators.digital_auth`.
It follows what the Agency publishes; where nothing is published, the README says what we took.
No My Number is in it: the card's user authentication does not use the number.
"""
