"""The receipts of the thread of messages: what one is told that the other reads, and how it comes about."""

from datetime import timedelta
from uuid import UUID

from tests.cast import NOW, People
from tests.house.receipts import Receipt, Stage
from tests.messages.thread import answered, asked

PEOPLE = People()
THREAD = f"{PEOPLE.anna.url}/beskeder"
WRITES = "Anna har skrevet til dig."
SENT = "Din besked er sendt."


def read_reply(stage: Stage) -> UUID:
    """A message of Line's that Anna has opened."""
    sent = answered(stage.database, PEOPLE.anna, PEOPLE.line.id, at=NOW - timedelta(hours=1))
    stage.read("anna", "/beskeder")
    return sent


MESSAGE_RECEIPTS = (
    Receipt(
        "a message to the contact person",
        (
            SENT,
            "%(name)s læser det. En vikar læser det, hvis %(name)s er væk,"
            " eller et svar til dig er forsinket.",
        ),
        {"line": WRITES},
        lambda stage, _it: stage.press("anna", "/beskeder", "/beskeder", words="Må jeg spørge?", gem="del"),
    ),
    Receipt(
        "a message to the citizen",
        (SENT,),
        {"anna": "Line har skrevet til dig."},
        lambda stage, _it: stage.press("line", THREAD, "/beskeder", words="Det må du gerne.", gem="del"),
    ),
    Receipt(
        "may it stand in the plan",
        (
            "%(name)s får spørgsmålet og bestemmer selv."
            " Siger %(name)s ja, kan de, der må se hele planen, læse det.",
        ),
        {"anna": "Line spørger, om noget, du skrev, må komme med i planen."},
        lambda stage, it: stage.press("line", THREAD, f"/{it}/spoerg"),
        lambda stage: asked(stage.database, PEOPLE.anna),
    ),
    Receipt(
        "a message is taken out",
        (
            "Er den læst, eller er der gået ti minutter, får %(name)s at vide, at en besked er fjernet.",
            "Beskeden er fjernet.",
        ),
        {"anna": "Line har fjernet en besked. Den var ikke til dig."},
        lambda stage, it: stage.press("line", THREAD, f"/{it}/tag-ud"),
        read_reply,
    ),
)
