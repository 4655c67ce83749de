"""`people end` shuts somebody out, or says in one sentence why nothing is changed."""

import pytest

from tests.cast import People
from tests.cli.conftest import Run, one_sentence

pytestmark = pytest.mark.both_databases

END = ("people", "end")


def test_what_was_closed_is_told_and_a_second_time_there_is_nothing(
    enplan: Run,
    cast_site: dict[str, str],
    people: People,
) -> None:
    jonas = str(people.jonas.id)
    done = enplan(*END, jonas, **cast_site)
    assert done.stdout.splitlines()[0] == f"{people.jonas.name} er ikke længere fagperson."
    assert done.returncode == 0
    assert "ikke noget at slutte" in one_sentence(enplan(*END, jonas, **cast_site))
    assert "ingen rolle" in enplan("people", "find", people.jonas.name, **cast_site).stdout


def test_a_contact_person_s_citizens_are_counted_and_not_named(
    enplan: Run,
    cast_site: dict[str, str],
    people: People,
) -> None:
    said = one_sentence(enplan(*END, "m-17", **cast_site))
    assert "kontaktperson. Antal borgere: 4." in said
    assert "--handover-to" in said
    assert people.anna.name.split()[0] not in said
    done = enplan(*END, "m-17", "--handover-to", str(people.omar.id), **cast_site)
    assert "Borgere, der har en ny kontaktperson og har fået det at vide: 4." in done.stdout
    assert "som vikar" in done.stdout


def test_a_day_to_come_is_told_and_stands_with_the_role(
    enplan: Run,
    cast_site: dict[str, str],
    people: People,
) -> None:
    done = enplan(*END, str(people.jonas.id), "--on", "31-12-2099", "--role", "fagperson", **cast_site)
    assert "til den 31. december 2099 og har ikke adgang fra den dag" in done.stdout
    assert (
        "fagperson til den 31. december 2099"
        in enplan("people", "find", people.jonas.name, **cast_site).stdout
    )


def test_the_last_administrator_stays(enplan: Run, cast_site: dict[str, str], people: People) -> None:
    assert "sidste administrator" in one_sentence(enplan(*END, str(people.admin.id), **cast_site))


@pytest.mark.parametrize("words", [("--role", "konge"), ("--role", "leder, borger"), ("--on", "i morgen")])
def test_words_that_are_wrong_change_nothing(
    words: tuple[str, ...],
    enplan: Run,
    cast_site: dict[str, str],
    people: People,
) -> None:
    done = enplan(*END, str(people.jonas.id), *words, **cast_site)
    assert done.returncode == 2
    assert words[0] in done.stderr.splitlines()[-1]
