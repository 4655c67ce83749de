"""Nobody is made one with somebody else: lists that follow each other into a real database."""

from collections import Counter

import pytest
from sqlmodel import col, select

from app.identity.models import Person
from app.people_import.line_errors import BadFile
from app.store.db import Database
from app.store.query import select_columns
from tests.people_import.test_import_people import LATER, contact_of, take

pytestmark = pytest.mark.both_databases

GIVE = "giv hver person sit eget nummer"
STAFF = "K1;Line Dahl;kontaktperson;;;;\nK2;Omar Aziz;kontaktperson;;;;\n"


def known(database: Database, name: str = "Mette Prøve") -> Counter[tuple[str, ...]]:
    """Return how many have each birth date, phone and e-mail, of those with a name."""
    columns = (col(Person.born_on), col(Person.phone), col(Person.email))
    with database.reading() as session:
        found = session.exec(select(*columns).where(col(Person.name) == name)).all()
    return Counter(tuple(map(str, row)) for row in found)


def refused(database: Database, text: str) -> list[str]:
    with pytest.raises(BadFile) as bad:
        take(database, text, now=LATER)
    return bad.value.sentences()


def test_two_people_of_one_name_stay_two_and_keep_their_own(database: Database) -> None:
    take(database, f"id;navn;rolle;født;tlf;mail;kontaktperson\n{STAFF};Mette Prøve;;03-03-1990;;;K1\n")
    with database.reading() as session:
        assert contact_of(session, "Mette Prøve") == "Line Dahl"
    report = take(database, "navn;født;kontaktperson\nMette Prøve;04-04-1955;K2\n", now=LATER)
    assert (report.new["citizen"], report.changed["citizen"], report.changed["contact"]) == (1, 0, 0)
    assert known(database) == Counter({("1990-03-03", "None", "None"): 1, ("1955-04-04", "None", "None"): 1})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("født\nMette Prøve;03-03-1990", "født\nMette Prøve;04-04-1955"),
        ("tlf\nMette Prøve;20304050", "tlf\nMette Prøve;20304051"),
        ("mail\nMette Prøve;a@example.dk", "mail\nMette Prøve;b@example.dk"),
        ("id;født\nMette Prøve;1;03-03-1990", "født\nMette Prøve;04-04-1955"),
        ("født\nMette Prøve;03-03-1990", "id;født\nMette Prøve;1;04-04-1955"),
        ("id;tlf\nMette Prøve;1;20304050", "id;tlf\nMette Prøve;2;20304050"),
    ],
)
def test_what_contradicts_makes_two(database: Database, first: str, second: str) -> None:
    take(database, f"navn;{first}\n")
    before = known(database)
    report = take(database, f"navn;{second}\n", now=LATER)
    assert (report.new["citizen"], report.changed["citizen"]) == (1, 0)
    after = known(database)
    assert (before <= after, after.total()) == (True, 2)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("navn\nMette Prøve", "navn\nMette Prøve"),
        ("navn\nMette Prøve", "navn\nMette Prøve\u200e"),
        ("navn\nAnne-Marie Prøve", "navn\nAnne\u2011Marie Prøve"),
        ("id;navn\n4711;Mette Prøve", "id;navn\n\u200e4711;Mette Prøve"),
        ("id;navn\n4711;Mette Prøve", "id;navn\n4711\u2060;Mette Prøve"),
        ("id;navn\n47-11;Mette Prøve", "id;navn\n47\u201111;Mette Prøve"),
        ("id;navn\n010190-1234;Mette Prøve", "id;navn\n010190\u22121234;Mette Prøve"),
        (
            "id;navn;født\n1;Mette Prøve;03-03-1990",
            "id;navn;født\n1;Mette Holm;03-03-1990",
        ),  # a number decides
        ("id;navn;født\n1;Mette Prøve;03-03-1990", "id;navn\n1;Sara Nyborg"),  # nothing contradicts
        ("id;navn;født\n1;Mette Prøve;03-03-1990", "id;navn;født\n1;Mette Prøve;04-04-1955"),  # a mistake
        ("navn;født\nMette Prøve;03-03-1990", "navn\nMette Prøve"),
        ("navn\nMette Prøve", "navn;født\nMette Prøve;03-03-1990"),
        ("navn;født\nMette Prøve;03-03-1990", "navn;født;tlf\nMette Prøve;03-03-1990;20304050"),
        ("navn;født\nMette Prøve;03-03-1990", "id;navn;født\n1;Mette Prøve;03-03-1990"),
        ("id;navn;født\n1;Mette Prøve;03-03-1990", "navn;født\nMette Prøve;03-03-1990"),
        (
            "navn;mail;tlf\nMette Prøve;a@example.dk;20304050",
            "navn;mail;tlf\nMette Holm;\u200eA@example.dk;20304050",
        ),
        (
            "navn;mail;født\nMette Prøve;a@b.dk;03-03-1990",
            "navn;mail;født\nMette Holm;a@b.dk;03-03-1990",
        ),
        ("navn;mail\nMette Prøve;a@b.dk", "navn;mail;født\nMette Prøve;a@b.dk;03-03-1990"),
        ("navn;født;tlf\nMette Prøve;03-03-1990;20304050", "navn;tlf;mail\nMette Prøve;20304050;a@b.dk"),
        ("navn;født;titel\nMette Prøve;03-03-1990;Ny", "navn;rolle;titel\nMETTE PRØVE;borger;Ny"),
    ],
)
def test_one_person_is_never_made_twice(database: Database, first: str, second: str) -> None:
    take(database, f"{first}\n")
    report = take(database, f"{second}\n", now=LATER)
    assert (report.new["citizen"], report.changed["citizen"] + report.unchanged["citizen"]) == (0, 1)


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        # some agrees and some doesn't: a family's phone or e-mail, or a new one
        (
            "navn;født;tlf\nMette Prøve;03-03-1990;20304050",
            "navn;født;tlf\nMette Prøve;04-04-1955;20304050",
            2,
        ),
        (
            "navn;født;tlf\nMette Prøve;03-03-1990;20304050",
            "navn;født;tlf\nMette Prøve;03-03-1990;20304051",
            2,
        ),
        ("navn;født;mail\nMette Prøve;03-03-1990;a@b.dk", "navn;født;mail\nMette Holm;04-04-1955;a@b.dk", 2),
        (
            "navn;født;tlf\nMette Prøve;03-03-1990;20304050",
            "id;navn;født;tlf\n1;Mette Prøve;04-04-1955;20304050",
            2,
        ),
        # the name is known to be several people's
        ("navn;født\nMette Prøve;03-03-1990\nMette Prøve;04-04-1955", "navn\nMette Prøve", 2),
        ("navn;født\nMette Prøve;03-03-1990\nMette Prøve;04-04-1955", "navn;tlf\nMette Prøve;20304050", 2),
        ("navn;mail\nMette Prøve;a@b.dk", "navn;mail\nSara Prøve;a@b.dk", 2),
        ("navn;mail\nMette Holm;a@b.dk\nMette Prøve;", "navn;mail\nMette Prøve;a@b.dk", 2),
        # an office's e-mail, with or without something else
        ("navn;mail\nJens Hansen;bosted@k.dk", "navn;mail\nJens Petersen;bosted@k.dk", 2),
        ("navn;mail;tlf\nJens Hansen;bosted@k.dk;", "navn;mail;tlf\nJens Petersen;bosted@k.dk;20304050", 2),
        ("navn;mail;født\nJens Hansen;b@k.dk;03-03-1990", "navn;mail\nJens Petersen;b@k.dk", 2),
        # a name alone changes nothing of whom more is known
        *(
            (f"navn;{known}", f"navn;{told}", 2)
            for known in (
                "født;beskyttet adresse\nMette Prøve;03-03-1990;ja",
                "id;beskyttet adresse\nMette Prøve;1;ja",
            )
            for told in (
                "tlf\nMette Prøve;20304050",
                "mail\nMette Prøve;a@b.dk",
                "beskyttet adresse\nMette Prøve;nej",
                "titel\nMette Prøve;Ny",
                "tolk\nMette Prøve;arabisk",
                "rolle\nMette Prøve;borger og kontaktperson",
            )
        ),
        ("navn;tlf\nMette Prøve;20304050", "navn;født\nMette Prøve;03-03-1990", 2),
        # father and son of one name and phone
        ("navn;tlf\nMette Prøve;20304050", "navn;tlf;født\nMette Prøve;20304050;03-03-1990", 2),
        ("navn;tlf\nMette Prøve;20304050", "id;navn;tlf;født\n1;Mette Prøve;20304050;03-03-1990", 2),
        # two lines may both be the one who is known
        ("navn\nMette Prøve", "navn;født\nMette Prøve;03-03-1990\nMette Prøve;04-04-1955", 3),
        ("navn;tlf\nMette Prøve;20304050", "id;navn;tlf\n1;Mette Prøve;20304050\n2;Mette Prøve;20304050", 3),
        ("navn\nBo", "navn\nMette Prøve\nMette Prøve", 3),
        ("navn\nBo", "navn;født\nMette Prøve;03-03-1990\nMette Prøve;", 3),
        ("navn\nBo", "navn;født;tlf\nMette Prøve;03-03-1990;20304050\nMette Prøve;04-04-1955;20304050", 3),
        ("navn\nBo", "navn;mail\nMette Prøve;a@b.dk\nSara Prøve;a@b.dk", 3),
        ("navn\nBo", "id;navn\n1;Mette Prøve\n;Mette Prøve", 3),
        ("navn\nBo", "id;navn\n1;Mette Prøve\n1;Sara Prøve", 3),
    ],
)
def test_in_doubt_nobody_is_touched(database: Database, first: str, second: str, line: int) -> None:
    take(database, f"{first}\n")
    before = everybody(database)
    sentences = refused(database, f"{second}\n")
    assert any(one.startswith(f"Linje {line}: ") for one in sentences)
    assert all(GIVE in one.lower() for one in sentences)
    if line == 3 and first == "navn\nBo":
        assert any("i linje" in one for one in sentences)
    assert everybody(database) == before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # two series: citizens' and staff's numbers
        (
            "borgernr;navn;født\n17;Anna Borger;01-01-1980",
            "medarbejdernr;navn;rolle;tlf\n17;Bo Medarbejder;kontaktperson;20304051",
        ),
        (
            "medarbejdernr;navn;rolle\n17;Bo Medarbejder;kontaktperson",
            "borgernr;navn;født\n17;Anna Borger;01-01-1980",
        ),
        # another's birth date, phone or e-mail, even where some agrees
        ("id;navn;født\n1;Anna Borger;01-01-1980", "id;navn;født\n1;Bo Borger;02-02-1970"),
        (
            "id;navn;født;tlf\n1;Anna Borger;01-01-1980;20304050",
            "id;navn;født;tlf\n1;Bo Borger;02-02-1970;20304050",
        ),
        ("id;navn;tlf\n1;Anna Borger;20304050", "id;navn;tlf\n1;Bo Holm;20304051"),
        ("id;navn;mail\n1;Anna Borger;a@b.dk", "id;navn;mail\n1;Bo Holm;b@b.dk"),
        # a column sorted alone: nothing tells but the names
        ("id;navn\n1;Anna Borger\n2;Bo Holm", "id;navn\n2;Anna Borger\n1;Bo Holm"),
        (
            "id;navn;født\n1;Anna Borger;01-01-1980\n2;Bo Borger;01-01-1980",
            "id;navn;født\n2;Anna Borger;01-01-1980\n1;Bo Borger;01-01-1980",
        ),  # twins
    ],
)
def test_a_number_that_nothing_else_bears_out_makes_nobody_another(
    database: Database, first: str, second: str
) -> None:
    take(database, f"{first}\n")
    before = everybody(database)
    sentences = refused(database, f"{second}\n")
    assert all("Nummeret hører til en person med et andet navn" in one for one in sentences)
    assert all("Bo" not in one and "Anna" not in one for one in sentences)
    assert everybody(database) == before


def everybody(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as session:
        return [tuple(row) for row in session.exec(select_columns(Person.__table__).order_by(col(Person.id)))]  # type: ignore[attr-defined]


def test_a_number_each_settles_every_doubt(database: Database) -> None:
    """What the refusal tells to do is a way out, in any order of lines."""
    take(database, "navn;født;tlf\nMette Prøve;03-03-1990;20304050\n")
    lines = ["2;Mette Prøve;04-04-1955;20304050\n", "1;Mette Prøve;03-03-1990;20304050\n"]
    report = take(database, "id;navn;født;tlf\n" + "".join(lines), now=LATER)
    assert (report.new["citizen"], report.changed["citizen"]) == (1, 1)
    again = take(database, "id;navn;født;tlf\n" + "".join(reversed(lines)), now=LATER)
    assert (again.new["citizen"], again.unchanged["citizen"]) == (0, 2)


def test_a_changed_number_makes_nobody_twice(database: Database) -> None:
    take(database, "id;navn;født\n0101;Mette Prøve;03-03-1990\n")
    (sentence,) = refused(database, "id;navn;født\n101;Mette Prøve;03-03-1990\n")
    assert sentence.startswith("Linje 2: Samme navn og fødselsdato, men et andet nummer.")
    both = "id;navn;født\n101;Mette Prøve;03-03-1990\n0101;Mette Prøve;03-03-1990\n"
    report = take(database, both, now=LATER)  # two people after all, when the file tells of both
    assert (report.new["citizen"], report.unchanged["citizen"]) == (1, 1)


def test_a_family_may_share_phone_and_e_mail(database: Database) -> None:
    take(database, "id;navn;tlf;mail\n1;Mette Prøve;20304050;f@b.dk\n2;Sara Prøve;20304050;f@b.dk\n")
    report = take(database, "navn;tlf\nMette Prøve;20304050\nSara Prøve;20304050\n", now=LATER)
    assert (report.new["citizen"], report.unchanged["citizen"]) == (0, 2)


@pytest.mark.parametrize("said", ["Line Dahl", "Dahl, Line\u200e", "hus@example.dk"])
def test_a_contact_person_whose_name_or_e_mail_is_two_people_s_is_not_chosen(
    database: Database, said: str
) -> None:
    staff = "K1;Line Dahl;kontaktperson;hus@example.dk;\nK2;Line Dahl;kontaktperson;hus@example.dk;\n"
    head = "id;navn;rolle;mail;kontaktperson\n"
    take(database, head + staff)
    (sentence,) = refused(database, f'{head};Mette Prøve;;;"{said}"\n')
    assert sentence.startswith("Linje 2, kontaktperson: Flere kontaktpersoner h")
    report = take(database, f"{head};Mette Prøve;;;\u200eK2\n", now=LATER)  # a number is one person's
    assert report.new["contact"] == 1


def test_a_name_alone_gives_no_known_person_s_plan_to_another_contact_person(database: Database) -> None:
    head = "id;navn;rolle;født;tlf;mail;kontaktperson\n"
    take(database, f"{head}{STAFF};Mette Prøve;;03-03-1990;;;K1\n;Sara Prøve;;;;;K1\n")
    (sentence,) = refused(database, f"{head};Mette Prøve;;;;;K2\n")
    assert sentence.startswith(
        "Linje 2, kontaktperson: Et navn alene giver eller skifter ikke kontaktperson."
    )
    take(database, f"{head};Bo Prøve;;03-03-1990;;;\n")  # has none yet
    assert refused(database, f"{head};Bo Prøve;;;;;K2\n") == [sentence]
    same = take(database, f"{head};Mette Prøve;;;;;K1\n", now=LATER)
    told = take(database, f"{head};Mette Prøve;;03-03-1990;;;K2\n", now=LATER)
    nameless = take(database, f"{head};Sara Prøve;;;;;K2\n", now=LATER)  # of her only the name is known
    assert [one.changed["contact"] for one in (same, told, nameless)] == [0, 1, 1]
