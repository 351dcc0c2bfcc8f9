"""An OpenID provider of the code flow in memory: what the stand-ins for such providers share."""
