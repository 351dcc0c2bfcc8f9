"""Questions that many residents ask, their answers, and the search that finds them."""
