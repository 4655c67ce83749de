"""`kill -9` of the real server while two people post to it."""

import http.client
import random
import threading
from itertools import count
from pathlib import Path

from tests.cli.conftest import running
from tests.durability.kills import Toll, look_after
from tests.durability.visitor import Visitor
from tests.durability.writer import words_of

WRITERS = ("anna", "karim")
MOST_WRITES = 12  # acknowledged to both together in a round, before it is cut


def kill_served(folder: Path, *, rounds: int, seed: int) -> Toll:
    """Serve the demo in `folder`, kill it while it is posted to, look at its database, and start it again."""
    dice, toll, numbers = random.Random(seed), Toll(), count(1)  # noqa: S311 — a moment, not a secret
    for _ in range(rounds):
        with running("demo", "--port", "0", "--data", "demo", cwd=folder) as (server, said):
            people = [Visitor(said.split()[-1]) for _ in WRITERS]
            for visitor, slug in zip(people, WRITERS, strict=True):
                visitor.become(slug)
            goal = len(toll.acknowledged) + dice.randrange(2, MOST_WRITES)
            enough = threading.Event()
            threads = [
                threading.Thread(target=_post, args=(visitor, numbers, toll, goal, enough))
                for visitor in people
            ]
            for thread in threads:
                thread.start()
            enough.wait()
            server.kill()
            for thread in threads:
                thread.join()
        look_after(f"sqlite:///{folder}/demo/enplan.db", toll)
        toll.rounds += 1
        unanswered = len(toll.begun) - len(toll.acknowledged)
        toll.in_flight += unanswered > toll.unanswered
        toll.unanswered = unanswered
    return toll


def _post(visitor: Visitor, numbers: "count[int]", toll: Toll, goal: int, enough: threading.Event) -> None:
    """Write until the server goes away. What it answers with a redirect, it has acknowledged."""
    try:
        for number in numbers:
            toll.begun.add(number)
            answer = visitor.post("/skriv", slags="droem", words=words_of(number))
            assert answer.status == 303, answer.text
            toll.acknowledged.add(number)
            if len(toll.acknowledged) >= goal:
                enough.set()
    except (OSError, http.client.HTTPException):
        pass  # the server is gone, and this write is neither acknowledged nor refused
    finally:
        enough.set()
