"""Empty on purpose: Rasa's Python cannot import the fixtures of the product."""
