"""How the rest of the house talks to Rasa."""
