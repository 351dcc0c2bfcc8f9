"""Skills whose services are still to come."""
