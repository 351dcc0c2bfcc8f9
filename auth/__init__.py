"""What protected routes need: levels, tokens, grants, manifests, sessions, permissions."""
