"""How long what is stored is kept: each period with its default, its bounds and the reasons. Pure.

Only what `app.retention.tables` names for a period is ever deleted by time. Read from `[retention]` in the
municipality's TOML: how long a log may be kept is the municipality's to decide and to defend, so no period is
fixed here but by what the app itself needs (the least) and by what nobody could give a reason for (the most).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.toml_reader import TomlReader


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """One period: its key in the TOML, what it is about, and how many days it is and may be."""

    key: str
    what: str
    days: int
    least: int
    most: int
    reason: str  # why so many days
    bounds: str  # why neither fewer than the least nor more than the most


PERIODS = (
    RetentionPeriod(
        "access_log_days",
        "adgangsloggen: hvem der har set eller gjort noget hos en borger, og hvad administratorer har gjort",
        *(1825, 180, 3650),
        "borgeren kan spørge, hvem der har set planen, hvornår og hvorfor, også længe efter; fem år dækker"
        " en klage og et krav om erstatning, og derefter skal en log slettes",
        "under et halvt år kan ingen nå at spørge, og ingen sag trækker ti år ud",
    ),
    RetentionPeriod(
        "sign_ins_days",
        "hvornår nogen har været logget ind, fra de loggede ind",
        *(365, 90, 1825),
        "et år, så man kan se, om en anden har brugt en telefon; står nogen i adgangsloggen, bliver det,"
        " så længe loggen gør",
        "det, der er skrevet på en telefon uden net, skal kunne sendes i tre måneder",
    ),
    RetentionPeriod(
        "notices_days",
        "»Nyt til dig«, som er læst, og det, der var nyt for dem, der hjælper",
        *(365, 30, 1825),
        "et år; det, der blev fortalt om, står selv i planen og bliver",
        "en måned skal den, der var væk, kunne se tilbage",
    ),
    RetentionPeriod(
        "reminders_days",
        "påmindelser om møder, som er sendt eller droppet",
        *(90, 30, 730),
        "tre måneder, så man kan svare den, der ikke fik en; mødet selv bliver",
        "en påmindelse kommer op til en uge før mødet og må ikke sendes to gange",
    ),
    RetentionPeriod(
        "tasks_days",
        "opgaver om møder, som er løst",
        *(730, 365, 3650),
        "to år dækker en klage over et møde",
        "et møde kan være aftalt et år frem, og det samme må ikke spørges igen",
    ),
    RetentionPeriod(
        "proposals_days",
        "mødeforslag i kø, som er sendt eller gået tilbage",
        *(365, 30, 1825),
        "et år; det møde, der kom ud af det, bliver",
        "et forslag må ikke kunne sendes to gange",
    ),
    RetentionPeriod(
        "invitations_days",
        "invitationer, fra de ikke kan bruges mere",
        *(180, 30, 730),
        "et halvt år, så man kan se, hvordan en adgangsnøgle kom til",
        "en måned til at finde ud af, hvem der kom ind",
    ),
    RetentionPeriod(
        "ended_access_days",
        "adgangsnøgler og kalenderlinks, der er lukket",
        *(365, 90, 1825),
        "et år, så man kan se, hvad der har lukket nogen ind",
        "det, der er lukket, skal kunne følges i tre måneder",
    ),
    RetentionPeriod(
        "answers_days",
        "svar på det, der blev sendt, så det samme ikke gælder to gange",
        *(30, 14, 90),
        "30 dage; ingen telefon sender det samme igen efter så længe",
        "en telefon uden net gemmer i 14 dage, og et svar er ikke til andet",
    ),
    RetentionPeriod(
        "tries_days",
        "forkerte koder, som de tælles",
        *(3, 3, 30),
        "tre dage: så længe virker en invitation, og så længe tæller et forsøg",
        "kortere ville glemme forsøg, mens de tæller",
    ),
    RetentionPeriod(
        "challenges_days",
        "det, en telefon har skrevet under på for at komme ind",
        *(1, 1, 30),
        "et døgn; det gælder i fem minutter",
        "den, der er ved at logge ind, må ikke afbrydes",
    ),
)

Periods = Mapping[str, timedelta]  # by key


def default_periods() -> Periods:
    return {one.key: timedelta(days=one.days) for one in PERIODS}


def read_periods(table: TomlReader) -> Periods:
    """Return how long each thing is kept, from `[retention]`; what is not said there is the default."""
    days = {one.key: table.value(one.key, _between(one), str(one.days), one.days) for one in PERIODS}
    return {key: timedelta(days=number or 0) for key, number in days.items()}  # None: there was a fault


def _between(period: RetentionPeriod) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("skal være et helt antal dage, uden anførselstegn.")
        if not period.least <= value <= period.most:
            raise ValueError(f"skal være fra {period.least} til {period.most} dage: {period.bounds}.")
        return value

    return read
