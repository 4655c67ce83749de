"""A slow line in user space: what a phone far from a mast has between itself and a server.

A round trip, a rate that all connections share, the handshake, and TCP's careful beginning (10 segments,
twice as many after each round trip). It slows what a browser's own throttling leaves alone: handshakes and
service workers.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

SEGMENT = 1460  # bytes of one TCP segment on an ordinary line
FIRST_FLIGHT = 10 * SEGMENT
METHODS = (b"GET ", b"POST ", b"HEAD ")
HOST = "127.0.0.1"
WAITING = 256  # segments in the air at most


@dataclass(frozen=True, slots=True)
class Speed:
    """A round trip in seconds, and bytes a second each way."""

    round_trip: float = 0.4
    rate: float = 400_000 / 8


SLOW_3G = Speed()


@dataclass
class Way:
    """One direction of the line: when it is idle again, and how many bytes it has carried."""

    speed: Speed
    idle_at: float = 0.0
    carried: int = 0


@dataclass
class Flight:
    """What one connection sends in one direction."""

    way: Way
    window: int = FIRST_FLIGHT
    sent: int = 0  # of this window
    begun_at: float = 0.0

    def arrives(self, size: int, now: float) -> float:
        """Return when `size` bytes that are written `now` have arrived."""
        speed = self.way.speed
        if now - self.begun_at > 2 * speed.round_trip:
            self.sent = 0  # idle since: a new burst, in the window that has grown
        if self.sent == 0:
            self.begun_at = max(now, self.begun_at)
        left = size
        while left:
            if self.sent == self.window:  # nothing goes before the first is acknowledged
                self.begun_at += speed.round_trip
                self.window, self.sent = 2 * self.window, 0
            part = min(left, self.window - self.sent)
            self.sent, left = self.sent + part, left - part
            self.way.idle_at = max(now, self.begun_at, self.way.idle_at) + part / speed.rate
        self.way.carried += size
        return self.way.idle_at + speed.round_trip / 2


@dataclass
class SlowLine:
    """Stands in front of the server on port `to`, and counts what passes."""

    to: int
    speed: Speed = SLOW_3G
    port: int = 0
    requests: int = 0
    down: Way = field(init=False)
    up: Way = field(init=False)
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.down, self.up = Way(self.speed), Way(self.speed)

    async def serve(self, opened: Callable[[asyncio.AbstractEventLoop, asyncio.Event], None]) -> None:
        """Carry until the event that `opened` is told is set."""
        self._loop, stop = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._connect, HOST, 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            opened(self._loop, stop)
            await stop.wait()
            self._end_all()

    @property
    def carried(self) -> int:
        """Bytes both ways, headers included; what TCP and TLS add is not."""
        return self.down.carried + self.up.carried

    def hang_up(self) -> None:
        """End every connection, as a phone's do between two visits; and count from nothing."""
        self._loop.call_soon_threadsafe(self._end_all)
        self.requests = 0
        for way in (self.down, self.up):
            way.carried, way.idle_at = 0, 0.0

    def _end_all(self) -> None:
        for writer in self._writers:
            writer.close()

    async def _connect(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        ready_at = self._loop.time() + self.speed.round_trip  # the handshake
        try:
            site, to_site = await asyncio.open_connection(HOST, self.to)
        except OSError:
            to_phone.close()
            return
        self._writers |= {to_phone, to_site}
        with suppress(ConnectionError, asyncio.CancelledError):  # cancelled: the line is closed
            await asyncio.gather(
                self._carry(phone, to_site, self.up, ready_at),
                self._carry(site, to_phone, self.down, ready_at),
            )
        for writer in (to_phone, to_site):
            writer.close()
            self._writers.discard(writer)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way, ready_at: float
    ) -> None:
        flight = Flight(way)
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(WAITING)
        delivery = asyncio.create_task(self._deliver(under_way, writer))
        with suppress(ConnectionError):
            while data := await reader.read(SEGMENT):
                self.requests += way is self.up and data.startswith(METHODS)
                await under_way.put((flight.arrives(len(data), max(ready_at, self._loop.time())), data))
        await under_way.put((0, b""))
        await delivery

    async def _deliver(
        self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        """Hand over each piece when it arrives; the last one is empty."""
        listens = True
        while (item := await under_way.get())[1]:
            at, data = item
            if listens:
                await asyncio.sleep(at - self._loop.time())
                try:
                    writer.write(data)
                    await writer.drain()
                except OSError:
                    listens = False
        with suppress(OSError, RuntimeError):
            writer.write_eof()


@contextmanager
def slow_line(to: int, speed: Speed = SLOW_3G) -> Iterator[SlowLine]:
    """Open a slow line to the server on port `to` of this machine, for as long as the block lasts."""
    line, opened = SlowLine(to, speed), Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]()
    thread = Thread(target=lambda: asyncio.run(line.serve(lambda *two: opened.set_result(two))))
    thread.start()
    loop, stop = opened.result()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
