"""How easy Danish text is to read: LIX, long sentences, and words nobody should meet."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONG_WORD = 7  # letters
SENTENCE_MOST = 20  # words
CITIZEN_MOST, STAFF_MOST = 30, 35  # LIX

WORD = re.compile(r"\w+(?:[-'’.:]\w+)*")
# A sentence ends where a new one begins; not after »kl.« or the number of a day.
END = re.compile(r"(?<=[.?:!])(?<!\bkl\.)(?<!\d\.)\s+|(?<=\d\.)\s+(?=[A-ZÆØÅ])")

BANNED = (
    *(
        "jf.",
        "ifm.",
        "mhp.",
        "d.d.",
        "undertegnede",
        "nærværende",
        "ovennævnte",
        "iværksætte",
        "foranstaltning",
    ),
    *(
        "målgruppe",
        "ressourcesvag",
        "kompleks",
        "sag",
        "jobcenter",
        "hovedlov",
        "helhedsorienteret",
        "indsats",
    ),
    *("bevilge", "visitere", "progression", "delmål", "funktionsevne", "støttebehov", "partshøring"),
    *("indkaldelse", "udeblivelse", "samtykkeerklæring", "tilbagekalde", "videregive", "indhente"),
    *("rette henvendelse", "fremsende", "såfremt", "vedrørende", "begrundelse", "ikke godkendt", "afvist"),
    *("ugyldig", "en fejl opstod", "udfyld feltet", "dette felt er påkrævet"),
)
FOR_STAFF_ALONE = ("borgeren",)  # those who help may read of the citizen; nobody is told of herself so


@dataclass(frozen=True, slots=True)
class Reading:
    """Running text in numbers."""

    words: int
    sentences: int
    long_words: int

    @property
    def lix(self) -> float:
        """Words in a sentence, plus long words in a hundred."""
        return self.words / self.sentences + 100 * self.long_words / self.words if self.words else 0.0


def sentences(text: str) -> list[str]:
    return [one for one in END.split(" ".join(text.split())) if one]


def words(text: str) -> list[str]:
    return WORD.findall(text)


def read(paragraphs: Iterable[str]) -> Reading:
    all_sentences = [one for paragraph in paragraphs for one in sentences(paragraph)]
    all_words = [word for one in all_sentences for word in words(one)]
    return Reading(len(all_words), len(all_sentences), sum(len(word) >= LONG_WORD for word in all_words))


def long_sentences(paragraphs: Iterable[str]) -> list[str]:
    found = (one for paragraph in paragraphs for one in sentences(paragraph))
    return [one for one in found if len(words(one)) > SENTENCE_MOST]


def banned(text: str, more: Iterable[str] = ()) -> Iterator[str]:
    """Yield the words of a text that nobody should meet, and the exclamation mark."""
    low = text.lower()
    for word in (*BANNED, *more):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", low):
            yield word
    if "!" in text:
        yield "!"
