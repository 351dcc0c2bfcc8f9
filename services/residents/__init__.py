"""Who lives in the city, by the city's register, and for whom they may act."""
