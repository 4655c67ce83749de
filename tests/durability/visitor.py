"""Somebody with a browser, at a real server in a process of its own."""

import http.client
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import brotli


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    text: str
    cookies: dict[str, str]
    clears: str | None = None  # what of ours the browser is told to take away


@dataclass(slots=True)
class Visitor:
    """Asks as a browser does, and keeps its cookies. Each request has a connection of its own."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        return self._ask("POST", path, urlencode(fields))

    def become(self, slug: str) -> None:
        """Sign in as one of the demo's people."""
        answer = self.post("/demo/log-ind", person=slug)
        assert answer.status == 303, answer.text
        self.cookies |= answer.cookies

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        """Return the answer.

        Raises:
            OSError, http.client.HTTPException: the server went away before it had answered.
        """
        headers = {
            "Sec-Fetch-Site": "same-origin",
            "Accept-Encoding": "br",  # as every browser; a page is kept by the server in this form
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            set_now = (line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie", []))
            cookies = dict(line.split("=", 1) for line in set_now)
            clears = answer.headers.get("Clear-Site-Data")
            raw = answer.read()
            if answer.headers.get("Content-Encoding") == "br":
                raw = brotli.decompress(raw)
            return Answer(answer.status, raw.decode(), cookies, clears)
        finally:
            connection.close()
