"""What a browser calls itself, in words by which its owner recognises it."""

_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windowsのパソコン"),
    ("Macintosh", "Mac"),
)
# The first that fits: most browsers name several.
_PROGRAMS = (
    (" Line/", "LINE"),
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)


def device_name(user_agent: str) -> str:
    """Return the machine and the program of a User-Agent, such as `iPhone（LINE）`."""
    machine = next((name for sign, name in _MACHINES if sign in user_agent), "不明な端末")
    program = next((name for sign, name in _PROGRAMS if sign in user_agent), "")
    return f"{machine}（{program}）" if program else machine
