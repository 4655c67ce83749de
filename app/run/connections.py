"""What waitress does for each connection, as far as we have another opinion.

A client that sends one byte a minute is never quiet, so waitress never closes its connection: 900 of them
shut new visitors out. Here a request has a deadline to be whole by, a shorter one where it gets crowded.
"""

from time import monotonic
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask

from app.web.headers import FIXED
from app.web.request_deadline import ARRIVED

HEADER_SECONDS = 10.0  # until the first line and the headers are here
BODY_SECONDS = 90.0  # and the rest: a photo over a bad line
CROWDED_SECONDS = 2.0  # where it gets crowded: instead of the first, and until one at rest is closed
CROWDED_BODY_SECONDS = 15.0
CROWDED = 0.75  # of the connections there may be

# What is refused before the app sees it; nothing is shown, so nothing may be loaded.
REFUSED_HEADERS = FIXED | {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
TOO_MUCH = "Det, du sendte, er for stort. Gå tilbage, og send lidt ad gangen. Intet er ændret."
NOT_UNDERSTOOD = "Vi forstod ikke det, du sendte. Gå tilbage, og prøv igen. Intet er ændret."
OUR_FAULT = "Det gik galt hos os. Prøv igen om lidt."


class ErrorPageTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """What the server itself refuses, said as the app would say it, and with the same headers."""

    def execute(self) -> None:
        error = self.request.error
        said = {413: TOO_MUCH, 431: TOO_MUCH, 500: OUR_FAULT}.get(error.code, NOT_UNDERSTOOD)
        body = f"{said} Du kan ringe til os på {self.channel.server.phone}.\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(REFUSED_HEADERS.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class AppParser(HTTPRequestParser):  # type: ignore[misc]
    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        host = self.headers.get("HOST")  # several are joined by a comma, which stands in no name of a host
        if (host is None and self.version == "1.1") or "," in (host or ""):
            raise ParsingError("exactly one Host")  # RFC 9112, 3.2


class AppTask(WSGITask):  # type: ignore[misc]
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[ARRIVED] = self.channel.arrived
        return environ


class AppChannel(HTTPChannel):  # type: ignore[misc]
    error_task_class, task_class, parser_class = ErrorPageTask, AppTask, AppParser

    def __init__(self, *args: Any, **more: Any) -> None:
        self.arrived = 0.0  # when the request that is answered was whole
        self.began = monotonic()  # when the one that is read began; until the first, the connection
        self.unused = True
        super().__init__(*args, **more)

    def received(self, data: bytes) -> bool:
        before = self.request
        self.unused = False
        taken = bool(super().received(data))
        if self.request is not before:
            self.began = monotonic()
        return taken

    def is_overdue(self, now: float, *, crowded: bool) -> bool:
        """Say whether the client has had its time: it is closed then, whatever it still sends."""
        if self.requests or self.total_outbufs_len:
            return False  # it is being answered
        if self.request is not None and self.request.headers_finished:
            return now - self.began > (CROWDED_BODY_SECONDS if crowded else BODY_SECONDS)
        if self.request is None and not self.unused and not crowded:
            return False  # it rests between two requests: waitress's `channel_timeout`
        return now - self.began > (CROWDED_SECONDS if crowded else HEADER_SECONDS)


def close_overdue(server: Any) -> None:
    """Close the connections of `server` whose clients have had their time."""
    now, channels = monotonic(), server.active_channels.values()
    crowded = len(channels) > CROWDED * server.adj.connection_limit
    for channel in channels:
        if channel.is_overdue(now, crowded=crowded):
            channel.will_close = True
