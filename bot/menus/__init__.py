"""The account's rich menus: planned from a city's files, drawn, and kept in step with LINE."""
