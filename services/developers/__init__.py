"""Skills from outside: who may offer them, how they are checked, shielded, called and stopped."""
