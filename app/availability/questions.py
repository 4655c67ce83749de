"""What a citizen is asked about meetings, one question a page, and what each answer writes down.

A question is a row here: its place in the address, its words, its answers with what they mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.availability.languages import SIGNED
from app.availability.models import CalendarLimits
from app.availability.rules import PartOfDay
from app.i18n import lazy_gettext as _l
from app.meetings.rules import Channel

NO_MATTER = _l("Det er lige meget")
ANY_DAY, ANY_WEEK = 10, 30  # as many as are needed
OTHER_LANGUAGE = "andet"
NO_INTERPRETER = "nej"
INTERPRETED = ("ar", SIGNED, "en", "fa", "pl", "so", "tr", "uk")  # asked for most; the rest is "andet"


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """One answer: as it stands in the form, in words, and what it means for the limits."""

    value: str
    label: Any
    change: Mapping[str, Any]
    note: Any = ""

    def is_chosen(self, limits: CalendarLimits) -> bool:
        return all(getattr(limits, name) == value for name, value in self.change.items())


@dataclass(frozen=True, slots=True)
class PreferenceTopic:
    """One question with its answers; without answers it is answered in words, or elsewhere."""

    key: str  # as it stands in the address
    title: Any  # in the list
    text: Any  # as it is asked
    hint: Any = ""
    choices: tuple[TopicChoice, ...] = ()

    def answer(self, limits: CalendarLimits) -> TopicChoice | None:
        """Return the answer that was given; None if it was none of these."""
        return next((one for one in self.choices if one.is_chosen(limits)), None)

    def choice(self, value: str | None) -> TopicChoice | None:
        return next((one for one in self.choices if one.value == value), None)


def _number(key: str, field: str, most: int, values: tuple[int, ...]) -> tuple[TopicChoice, ...]:
    words = {1: _l("1 møde"), 2: _l("2 møder"), 3: _l("3 møder"), 4: _l("4 møder"), 5: _l("5 møder")}
    some = tuple(TopicChoice(str(one), words[one], {field: one}) for one in values)
    return (*some, TopicChoice(key, _l("Så mange, som der er brug for"), {field: most}))


TIME_OF_DAY = PreferenceTopic(
    "tidspunkt",
    _l("Bedste tid på dagen"),
    _l("Hvornår på dagen passer det dig bedst?"),
    choices=(
        TopicChoice("formiddag", _l("Om formiddagen"), {"part_of_day": PartOfDay.MORNING}, _l("Før kl. 11")),
        TopicChoice("middag", _l("Midt på dagen"), {"part_of_day": PartOfDay.MIDDAY}, _l("Kl. 11 til 13")),
        TopicChoice(
            "eftermiddag", _l("Om eftermiddagen"), {"part_of_day": PartOfDay.AFTERNOON}, _l("Efter kl. 13")
        ),
        TopicChoice("lige-meget", NO_MATTER, {"part_of_day": None}),
    ),
)
A_DAY = PreferenceTopic(
    "en-dag",
    _l("Højst på en dag"),
    _l("Hvor mange møder kan du klare på en dag?"),
    choices=_number("alle", "per_day", ANY_DAY, (1, 2, 3)),
)
A_WEEK = PreferenceTopic(
    "en-uge",
    _l("Højst på en uge"),
    _l("Hvor mange møder kan du klare på en uge?"),
    choices=_number("alle", "per_week", ANY_WEEK, (1, 2, 3, 4, 5)),
)
REST = PreferenceTopic(
    "hvile",
    _l("Fri dagen efter"),
    _l("Skal du have fri dagen efter et møde?"),
    choices=(
        TopicChoice("ja", _l("Ja, dagen efter skal være fri"), {"rest_after": True}),
        TopicChoice("nej", _l("Nej, det er ikke nødvendigt"), {"rest_after": False}),
    ),
)
HOW = PreferenceTopic(
    "maade",
    _l("Sådan vil du helst mødes"),
    _l("Hvordan vil du helst mødes?"),
    choices=(
        TopicChoice("telefon", _l("På telefon"), {"channel": Channel.PHONE}),
        TopicChoice("video", _l("På video"), {"channel": Channel.VIDEO}),
        TopicChoice("fremmoede", _l("På et kontor"), {"channel": Channel.IN_PERSON}),
        TopicChoice("hjemme", _l("Hjemme hos mig"), {"channel": Channel.HOME}),
        TopicChoice("lige-meget", NO_MATTER, {"channel": None}),
    ),
)
TOGETHER = PreferenceTopic(
    "samlet",
    _l("Samlet eller spredt"),
    _l("Skal møderne ligge samlet eller spredt?"),
    choices=(
        TopicChoice(
            "samlet", _l("Samlet"), {"gather": True, "spread": False}, _l("Flere møder på samme dag")
        ),
        TopicChoice("spredt", _l("Spredt"), {"gather": False, "spread": True}, _l("Med dage imellem")),
        TopicChoice("lige-meget", NO_MATTER, {"gather": False, "spread": False}),
    ),
)
PACE = PreferenceTopic(
    "tempo",
    _l("Hvor hurtigt?"),
    _l("Vil du mødes snart, eller vil du have god tid?"),
    choices=(
        TopicChoice(
            "snart", _l("Så snart som muligt"), {"slow": False}, _l("Vi finder en af de første tider")
        ),
        TopicChoice(
            "god-tid", _l("Jeg vil have god tid"), {"slow": True}, _l("Vi finder en tid lidt længere frem")
        ),
    ),
)
NOTICE = PreferenceTopic(
    "varsel",
    _l("Giv mig besked"),
    _l("Hvor lang tid før et møde vil du have besked?"),
    choices=(
        TopicChoice("1", _l("Mindst en dag før"), {"notice_days": 1}),
        TopicChoice("3", _l("Mindst 3 dage før"), {"notice_days": 3}),
        TopicChoice("7", _l("Mindst en uge før"), {"notice_days": 7}),
        TopicChoice("14", _l("Mindst to uger før"), {"notice_days": 14}),
    ),
)
INTERPRETER = PreferenceTopic("tolk", _l("Tolk"), _l("Har du brug for tolk?"))
LANGUAGE = PreferenceTopic(  # asked after INTERPRETER, when it is none of those it names
    "tolkens-sprog",
    _l("Tolkens sprog"),
    _l("Hvilket sprog skal tolken tale?"),
    hint=_l("Skriv for eksempel: dari."),
)
COMPANION = PreferenceTopic(
    "foelge",
    _l("Hvem går med dig?"),
    _l("Hvem tager du med til møder?"),
    hint=_l("Du må gerne tage nogen med. Skriv for eksempel: Min søster."),
)

QUESTIONS = (TIME_OF_DAY, A_DAY, A_WEEK, REST, TOGETHER, PACE, NOTICE, HOW, INTERPRETER, COMPANION)


def find_topic(key: str) -> PreferenceTopic | None:
    """Return the question with this place in the address."""
    return next((one for one in (*QUESTIONS, LANGUAGE) if one.key == key), None)
