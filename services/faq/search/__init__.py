"""The FAQ's search: ranking by words, letters and meaning."""
