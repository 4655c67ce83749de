"""Answers in every state, made by the verbs themselves, and what a browser sends."""

from datetime import datetime
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.assessments.models import Assessment
from app.assessments.question_sets import SHIPPED, Topic
from app.assessments.rules import AnswerKind, StepChoice
from app.assessments.service import read_assessment, save_assessment, show_assessment
from app.store.db import Database
from tests.cast import NOW, People, Someone

WORDS = "At der er ro om aftenen"
REPLY = "Tak, fordi du viser mig det."
HARD = StepChoice(AnswerKind.GIVEN, 2)


def asked(topic: str = "hverdag") -> Topic:
    found = SHIPPED.find(topic)
    assert found
    return found


def told(  # noqa: PLR0913 — an answer is: whose, how far, what, with which words, to what, when
    database: Database,
    citizen: Someone,
    to: str = "private",
    *,
    said: StepChoice = HARD,
    words: str | None = WORDS,
    topic: str = "hverdag",
    at: datetime = NOW,
) -> UUID:
    """Let a citizen of Line's answer, and take it as far as `to`: private, shown, read."""
    with database.writing() as session:
        answer: Assessment = save_assessment(session, citizen.id, asked(topic), said, words, now=at)
        if to != "private":
            show_assessment(session, citizen.id, answer.id, now=at)
        if to == "read":
            read_assessment(session, citizen.id, answer.id, REPLY, by=People().line.id, now=at)
    return answer.id


def send(
    client: FlaskClient,
    choice: str | None = "2",
    words: str = WORDS,
    key: str = "k" * 32,
    emne: str = "hverdag",
) -> TestResponse:
    """Send the form as a browser does."""
    data = {"key": key, "emne": emne, "words": words} | ({"answer": choice} if choice else {})
    return client.post("/fremgang/ny", data=data)
