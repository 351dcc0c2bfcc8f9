"""FHIR R4 in and out: reading, checks of our own, and the translation to and from our records."""
