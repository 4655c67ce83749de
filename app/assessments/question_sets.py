"""The questions we ship, in our own words. Pure data.

They are laid into the database the first time somebody answers, and stand there unchanged: a changed word
is a new version, so that an answer keeps the wording it was given to.
"""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

N_ = str  # marks a text that is translated where it is shown


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic one can choose, and what is asked about it. `topic` is its name in addresses."""

    topic: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ShippedSet:
    """A set of questions and the five words to answer with, the hardest first."""

    key: str
    version: int
    owner: str
    licence: str
    steps: tuple[str, str, str, str, str]
    questions: tuple[Topic, ...]

    @property
    def id(self) -> UUID:
        """An id made of every word: other words under the same version can't be stored."""
        asked = [part for one in self.questions for part in (one.topic, one.title, one.text)]
        words = "\n".join((self.key, str(self.version), *self.steps, *asked))
        return uuid5(NAMESPACE_URL, f"enplan:questions:{words}")

    def question_id(self, topic: str) -> UUID:
        return uuid5(self.id, topic)

    def find(self, topic: str | None) -> Topic | None:
        return next((one for one in self.questions if one.topic == topic), None)


SHIPPED = ShippedSet(
    key="enplan",
    version=1,
    owner="Én plan",
    licence="EUPL-1.2",
    steps=(N_("Rigtig svært"), N_("Svært"), N_("Midt imellem"), N_("Godt"), N_("Rigtig godt")),
    questions=(
        Topic("hverdag", N_("Hverdagen derhjemme"), N_("Hvordan går det med hverdagen derhjemme?")),
        Topic("krop", N_("Krop, sind og energi"), N_("Hvordan går det med krop, sind og energi?")),
        Topic("venner", N_("Familie og venner"), N_("Hvordan går det med familie og venner?")),
        Topic(
            "job",
            N_("Job, skole eller noget at stå op til"),
            N_("Hvordan går det med job, skole eller noget at stå op til?"),
        ),
        Topic("penge", N_("Penge og bolig"), N_("Hvordan går det med penge og bolig?")),
        Topic("fremtid", N_("Tro på fremtiden"), N_("Hvordan går det med din tro på fremtiden?")),
    ),
)
