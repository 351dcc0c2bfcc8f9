"""Keys and signatures of JSON Web Tokens (RFC 7515, 7517, 7518), as every stand-in needs them."""
