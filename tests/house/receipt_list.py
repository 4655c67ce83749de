"""The receipts: sentences that say, or promise, that others are told, and how each comes about."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import select

from app.identity.invitations import make_invitation
from app.identity.models import Person
from app.meetings.rules import Channel
from app.plan.models import Absence, ContactAssignment
from app.run.worker import run_due_jobs
from tests.account.conftest import Phone
from tests.assessments.answers import told as answered
from tests.cast import NOW, People
from tests.house.access_receipts import ACCESS_RECEIPTS
from tests.house.booking_receipts import BOOKING_RECEIPTS
from tests.house.message_receipts import MESSAGE_RECEIPTS
from tests.house.receipts import Receipt, Stage, as_it_stands
from tests.minutes.held_meetings import NOW_ON
from tests.writing import REPLY, SITE, WORDS, wrote

PEOPLE = People()
HERS = PEOPLE.anna.url
WHY = "Jeg er syg."
SHARE = "del"

OTHERS_TOLD = "%(name)s og de andre har fået besked."
FINDS = "%(name)s finder en anden tid senest %(day)s og giver dig besked."
SEES_WHEN_SHARED = "%(name)s ser det, når du deler. Kun du kan se en kladde."
SHARING = "Når du deler: %(name)s ser det. En vikar ser det, hvis %(name)s er væk, eller svaret er forsinket."
SHARING_BOTH = "Når du deler: %(name)s ser det. %(other)s er vikar lige nu og ser det også."
STANDS_IN = "%(name)s er vikar lige nu og ser det også."

ANSWERED = "Anna: Der er svaret på et møde."
OFF = "Anna: Et møde er aflyst."
MOVED = "Anna: Et møde er flyttet."
TO_ANSWER = "Svar på det, Anna har delt"


def agreed(stage: Stage) -> UUID:
    return stage.meeting()


def proposed(stage: Stage) -> UUID:
    return stage.meeting(agreed=False)


def duty(stage: Stage) -> UUID:
    return stage.meeting(duty=True)


def duty_far_away(stage: Stage) -> UUID:
    return stage.meeting("2026-03-19 10:00", duty=True)


def today(stage: Stage) -> UUID:
    return stage.meeting("2026-03-02 14:00", duty=True)


def on_video(stage: Stage) -> UUID:
    return stage.meeting(channel=Channel.VIDEO)


def of(meeting: UUID, page: str = "") -> str:
    """Return where those who help see Anna's meeting, or do something with it."""
    return f"{HERS}/kalender/{meeting}{page}"


def without_contact(stage: Stage, meeting: UUID) -> UUID:
    """Let Anna have no contact person."""
    hers = select(ContactAssignment).where(ContactAssignment.citizen_id == PEOPLE.anna.id)
    with stage.database.writing() as session:
        session.exec(hers).one().ends_at = NOW
    return meeting


def without_number(stage: Stage, meeting: UUID) -> UUID:
    with stage.database.writing() as session:
        session.get_one(Person, PEOPLE.line.id).phone = None
    return meeting


def omar_stands_in(stage: Stage) -> None:
    began, ends = NOW - timedelta(hours=1), NOW + timedelta(days=7)
    with stage.database.writing() as session:
        session.add(
            Absence(person_id=PEOPLE.line.id, substitute_id=PEOPLE.omar.id, starts_at=began, ends_at=ends)
        )


def forgotten(stage: Stage, meeting: UUID) -> str:
    """Anna asks for another time, and nobody finds one in time."""
    stage.reply(meeting, "other_time")
    stage.go_to(NOW + timedelta(days=7))
    return stage.read("anna", f"/kalender/{meeting}")


def called_off(stage: Stage, meeting: UUID) -> str:
    return stage.press("line", of(meeting, "/aflys"), "/aflys", reason=WHY)


def one_called_off(stage: Stage) -> UUID:
    meeting = agreed(stage)
    called_off(stage, meeting)
    return meeting


def moved(stage: Stage, meeting: UUID, how: str, many: int = 1) -> str:
    """Line finds another time, or several to choose between."""
    url = of(meeting, "/nye-tider")
    return stage.press("line", url, "/nye-tider", how=how, tid=times(stage.read("line", url))[:many])


def times(page: str) -> list[str]:
    return re.findall(r'name="tid" value="([^"]+)"', page)


def changed(stage: Stage, meeting: UUID) -> str:
    return stage.press("line", of(meeting, "/ret"), "/ret", bring="Briller", passer="y")


def changed_at_another_time(stage: Stage, meeting: UUID) -> str:
    """Line puts somebody in who is taken then, and chooses one of the times that suit all."""
    taken = {"citizen": "karim", "duty": True, "channel": Channel.PHONE}
    stage.booked("2026-03-05 10:00", 60, "sara", **taken)
    who = [str(PEOPLE.line.id), str(PEOPLE.sara.id)]
    refused = stage.press("line", of(meeting, "/ret"), "/ret", needed=who, passer="y", status=409)
    answer = refused[refused.index("Mødet er ikke ændret.") :]
    more = {"needed": who, "passer": "y", "tid": times(answer)[0]}
    return refused + stage.send("line", *as_it_stands(answer, "/ret", **more))


def proposes(stage: Stage, slug: str, **more: Any) -> str:
    """Somebody proposes a meeting: the need first, then times that suit all; then it is sent."""
    need: dict[str, Any] = {"purpose": "Din bolig", "why": "Vi skal vælge en dag.", "channel": "phone"}
    need |= {"needed": [str(PEOPLE.jonas.id), str(PEOPLE.line.id)], "trin": "tider"} | more
    found = stage.press(slug, f"{HERS}/kalender/nyt", "/nyt", **need)
    answer = found[found.rindex("<main") :]
    return stage.send(slug, *as_it_stands(answer, "/nyt", tid=times(answer)[0], trin="send"))


def unanswered(stage: Stage, slug: str) -> str:
    """Nobody answers what was proposed, and the worker gives its time up."""
    page = proposes(stage, slug)
    work_at(stage, days=7)
    return page


def work_at(stage: Stage, *, days: int) -> None:
    """Let the worker do what is due some days later."""
    stage.go_to(NOW + timedelta(days=days))
    run_due_jobs(stage.database, SITE, NOW + timedelta(days=days))


def private(stage: Stage) -> UUID:
    return answered(stage.database, PEOPLE.anna)


def shown(stage: Stage, assessment: UUID) -> str:
    return stage.press("anna", f"/fremgang/{assessment}", "/vis")


def private_and_omar(stage: Stage) -> UUID:
    omar_stands_in(stage)
    return private(stage)


def written(stage: Stage, _given: object) -> str:
    return stage.press("anna", "/skriv?slags=droem", "/skriv", words=WORDS, gem=SHARE)


def late(stage: Stage, entry_id: UUID) -> str:
    work_at(stage, days=8)
    return stage.read("anna", f"/skriv/{entry_id}")


def held(stage: Stage) -> UUID:
    return stage.meeting(NOW_ON)


def minutes(stage: Stage, meeting: UUID, slug: str = "line") -> str:
    said = f"{slug} skrev, at de talte om brevet."
    return stage.press(slug, of(meeting, "/referat"), "/referat", words=said, gem=SHARE)


def minuted(stage: Stage) -> UUID:
    meeting = held(stage)
    minutes(stage, meeting)
    return meeting


def let_in(stage: Stage, _given: object) -> str:
    """Anna makes a passkey on an invitation."""
    secret = stage.app.extensions["settings"].secret_key
    with stage.database.writing() as session:
        made = make_invitation(session, secret, PEOPLE.anna.id, by=None, now=NOW)
    phone = Phone(stage.app.test_client())
    phone.try_code(made.code)
    page = phone.client.get("/invitation").text
    assert phone.accept().status_code == 303
    return page


RECEIPTS = (
    Receipt(
        "a no to a proposal",
        (FINDS, "Tak. %(name)s har fået dit svar på mødet %(time)s."),
        {"line": "Anna kan ikke", "jonas": ANSWERED},
        lambda stage, it: stage.reply(it, "cannot"),
        proposed,
    ),
    Receipt(
        "another time that is not found in time",
        ("%(name)s finder en anden tid og giver dig besked.",),
        {"line": "Anna vil gerne have en anden tid"},
        forgotten,
        duty_far_away,
    ),
    Receipt(
        "another time, and no contact person",
        (
            "Vi finder en anden tid og giver dig besked.",
            "Tak. Vi har fået dit svar på mødet %(time)s.",
        ),
        {"jonas": ANSWERED},
        lambda stage, it: stage.reply(it, "other_time"),
        lambda stage: without_contact(stage, duty(stage)),
    ),
    Receipt(
        "a no on the day itself",
        ("%(name)s har fået dit svar.",),
        {"line": "Anna kan ikke", "jonas": ANSWERED},
        lambda stage, it: stage.reply(it, "cannot"),
        today,
    ),
    Receipt(
        "a no on the day itself, and nobody's own number",
        ("Vi har fået dit svar.",),
        {"line": "Anna kan ikke", "jonas": ANSWERED},
        lambda stage, it: stage.reply(it, "cannot"),
        lambda stage: without_number(stage, today(stage)),
    ),
    Receipt(
        "to be rung up",
        ("%(name)s ringer til dig.", "Tak for dit svar på mødet %(time)s. %(name)s ringer til dig."),
        {"line": "Anna vil gerne ringes op", "jonas": ANSWERED},
        lambda stage, it: stage.reply(it, "call_me"),
        on_video,
    ),
    Receipt(
        "to be rung up, and no contact person",
        ("Vi ringer til dig.", "Tak for dit svar på mødet %(time)s. Vi ringer til dig."),
        {"jonas": ANSWERED},
        lambda stage, it: stage.reply(it, "call_me"),
        lambda stage: without_contact(stage, on_video(stage)),
    ),
    Receipt(
        "called off by the citizen",
        ("Du har aflyst det. De andre har fået besked.",),
        {"line": OFF, "jonas": OFF, "thea": OFF},
        lambda stage, it: stage.reply(it, "cannot"),
        agreed,
    ),
    Receipt(
        "called off by one who helps",
        ("Du har aflyst det. De andre har fået besked.", "Mødet er aflyst.", OTHERS_TOLD),
        {"anna": "Line har aflyst et møde.", "jonas": OFF, "thea": OFF},
        called_off,
        agreed,
    ),
    Receipt(
        "brought back",
        (
            "Mødet gælder igen.",
            OTHERS_TOLD,
        ),
        {
            "anna": "Line har fortrudt. Mødet er ikke længere aflyst.",
            "jonas": "Anna: Et møde er ikke længere aflyst.",
        },
        lambda stage, it: stage.press("line", of(it), "/fortryd"),
        one_called_off,
    ),
    Receipt(
        "moved",
        ("%(name)s får besked og kan svare.", "Mødet er flyttet.", OTHERS_TOLD),
        {"anna": "Flyttet fra", "jonas": MOVED, "thea": MOVED},
        lambda stage, it: moved(stage, it, "flyt"),
        agreed,
    ),
    Receipt(
        "moved, with a yes from the phone",
        (
            "Mødet er aftalt.",
            OTHERS_TOLD,
        ),
        {"anna": "Line har flyttet et møde.", "jonas": MOVED, "thea": MOVED},
        lambda stage, it: moved(stage, it, "ja"),
        agreed,
    ),
    Receipt(
        "times to choose between",
        ("Forslaget er sendt til %(name)s.",),
        {"anna": "Line har fundet nye tider til et møde. Vælg en.", "jonas": "Der er foreslået nye tider"},
        lambda stage, it: moved(stage, it, "spoerg", 3),
        agreed,
    ),
    Receipt(
        "changed",
        (
            "%(name)s og de andre får besked. "
            "Mødes I et nyt sted eller på en ny måde, skal %(name)s svare en gang til.",
            "Mødet er rettet.",
            OTHERS_TOLD,
        ),
        {"anna": "Line har ændret et møde.", "thea": "Anna: Et møde er ændret."},
        changed,
        agreed,
    ),
    Receipt(
        "changed, at another time",
        ("Vælg en tid, eller ret mødet, så alle kan. %(name)s får besked og kan svare.",),
        {"anna": "Flyttet fra", "sara": "Anna: Der er et nyt møde."},
        changed_at_another_time,
        agreed,
    ),
    Receipt(
        "an answer written down",
        ("Svaret er skrevet ned. %(name)s kan se det.",),
        {"anna": "Line skrev dit svar ned.", "jonas": ANSWERED},
        lambda stage, it: stage.press("line", of(it, "/svaret"), "/svaret", said="coming"),
        proposed,
    ),
    Receipt(
        "proposed",
        ("Sendt til %(name)s",),
        {"anna": "Passer tiden? Ja tak ( Din bolig", "jonas": "Anna: Der er et nyt møde."},
        lambda stage, _it: proposes(stage, "line"),
    ),
    Receipt(
        "proposed, and nobody answers",
        ("Kommer der ikke svar, får du besked.",),
        {"line": "Ingen svarede i tide"},
        lambda stage, _it: unanswered(stage, "line"),
    ),
    Receipt(
        "proposed by a professional, and nobody answers",
        ("Kommer der ikke svar, får kontaktpersonen besked.",),
        {"line": "Ingen svarede i tide"},
        lambda stage, _it: unanswered(stage, "jonas"),
    ),
    Receipt(
        "booked at once",
        ("Mødet er aftalt", OTHERS_TOLD),
        {"anna": "Line har sat et møde i din kalender.", "jonas": "Anna: Der er et nyt møde."},
        lambda stage, _it: proposes(stage, "line", said_yes="y"),
    ),
    Receipt(
        "booked at once, with nobody else",
        ("Mødet er aftalt", "%(name)s har fået besked."),
        {"anna": "Line har sat et møde i din kalender."},
        lambda stage, _it: proposes(stage, "line", said_yes="y", needed=[str(PEOPLE.line.id)]),
    ),
    Receipt(
        "how it goes is shown",
        ("%(name)s kan se det nu.", "%(name)s ser dit svar og det, du skrev. Du kan skjule det igen."),
        {"line": "Anna har vist, hvordan det går."},
        shown,
        private,
    ),
    Receipt(
        "how it goes is shown while Omar stands in",
        (STANDS_IN,),
        {"line": "Anna har vist, hvordan det går.", "omar": "Anna har vist, hvordan det går."},
        shown,
        private_and_omar,
    ),
    Receipt(
        "how it goes is read",
        ("%(name)s får at vide, at du har læst det.",),
        {"anna": "Line har læst dit svar på, hvordan det går."},
        lambda stage, _it: stage.press("line", "/godkend", "/laest"),
        lambda stage: answered(stage.database, PEOPLE.anna, "shown"),
    ),
    Receipt(
        "let us talk about it",
        ("Svaret til %(name)s er sendt. I taler om det først.",),
        {"anna": "Læs svaret på det, du skrev"},
        lambda stage, _it: stage.press("line", "/godkend", "/tal", words=REPLY),
        lambda stage: wrote(stage.database, PEOPLE.anna, "shared"),
    ),
    Receipt(
        "an approval is undone",
        (
            "Så er det et forslag igen, og %(name)s får det at vide. Du kan fortryde til kl. %(time)s.",
            "Det er et forslag igen. %(name)s får det at vide.",
        ),
        {"anna": "Line har fortrudt sit svar på din drøm. Den er her stadig"},
        lambda stage, _it: stage.press("line", "/godkend", "/fortryd"),
        lambda stage: wrote(stage.database, PEOPLE.anna, "in_plan"),
    ),
    Receipt(
        "written and shared",
        ("Du har delt det med %(name)s.", SHARING),
        {"line": TO_ANSWER},
        written,
    ),
    Receipt(
        "written and shared while Omar stands in",
        (SHARING_BOTH,),
        {"line": TO_ANSWER, "omar": TO_ANSWER},
        written,
        omar_stands_in,
    ),
    Receipt(
        "a draft is shared",
        ("%(name)s ser det, når du deler. Det, du deler, skal kommunen gemme.",),
        {"line": TO_ANSWER},
        lambda stage, it: stage.press("anna", f"/skriv/{it}", "/del"),
        lambda stage: wrote(stage.database, PEOPLE.anna).id,
    ),
    Receipt(
        "an answer that is late",
        (
            "Du skulle have haft svar senest %(day)s. Det er ikke din skyld."
            " Vi har bedt om, at du får et svar.",
            "Svaret kom ikke til tiden. Det fik du besked om.",
        ),
        {"line": "Forsinket. Det skulle have været klaret senest", "omar": TO_ANSWER},
        late,
        lambda stage: wrote(stage.database, PEOPLE.anna, "shared").id,
    ),
    Receipt(
        "what was agreed at a meeting",
        (SEES_WHEN_SHARED,),
        {"anna": "Line har skrevet, hvad I aftalte."},
        minutes,
        held,
    ),
    Receipt(
        "what was agreed, written anew",
        ("%(name)s ser det, du gemmer.",),
        {"anna": "Jonas har skrevet, hvad I aftalte."},
        lambda stage, it: minutes(stage, it, "jonas"),
        minuted,
    ),
    Receipt(
        "a new way in",
        ("Din kontaktperson får at vide, at du har lavet en adgangsnøgle.",),
        {"line": "Anna fik en ny adgangsnøgle"},
        let_in,
    ),
    *MESSAGE_RECEIPTS,
    *ACCESS_RECEIPTS,
    *BOOKING_RECEIPTS,
)
