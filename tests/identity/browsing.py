"""A person at a browser without scripts: follows redirects, fills in forms, has cookies."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from kit.http import certificates


class _Forms(HTMLParser):
    """The forms of a page: where they go, and what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        elif tag == "input" and self.forms and given.get("type") == "hidden":
            self.forms[-1][1][given["name"]] = given.get("value", "")


class Browser:
    """One browser; `page` is what it shows."""

    def __init__(self) -> None:
        self.http = httpx2.Client(
            timeout=20, verify=certificates(), trust_env=False, follow_redirects=True
        )
        self.page = httpx2.Response(204)

    def open(self, url: str) -> str:
        self.page = self.http.get(url)
        return self.page.text

    def send(self, ending: str = "", /, **fields: str) -> str:
        """Submit the page's form whose address ends so, with these fields filled in."""
        parser = _Forms()
        parser.feed(self.page.text)
        [(action, hidden)] = [form for form in parser.forms if form[0].endswith(ending)][:1]
        target = urljoin(str(self.page.url), action)
        self.page = self.http.post(target, data=hidden | fields)
        return self.page.text

    @property
    def url(self) -> str:
        return str(self.page.url)

    @property
    def cookie(self) -> str:
        return self.http.cookies.get("identity", "")
