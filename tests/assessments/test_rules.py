"""What an answer can be, and who may see it."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessments.question_sets import SHIPPED
from app.assessments.rules import (
    DECLINE,
    SKIP,
    AnswerKind,
    StepChoice,
    Visibility,
    has_something_to_show,
    is_shown_to,
    read_choice,
)

TAKEN_INTO_USE = {"enplan": (1, "6741")}  # key: version, and how the id of its words begins


@given(st.sampled_from(AnswerKind), st.none() | st.integers(-2, 9))
def test_only_an_answer_that_is_given_has_a_value(kind: AnswerKind, value: int | None) -> None:
    fits = 1 <= (value or 0) <= 5 if kind is AnswerKind.GIVEN else value is None
    if fits:
        assert StepChoice(kind, value).value == value
    else:
        with pytest.raises(ValueError, match="value"):
            StepChoice(kind, value)


@pytest.mark.parametrize("word", ["1", "2", "3", "4", "5"])
def test_each_word_of_the_form_is_one_step(word: str) -> None:
    assert read_choice(word) == StepChoice(AnswerKind.GIVEN, int(word))


@pytest.mark.parametrize(("word", "said"), [("spring-over", SKIP), ("vil-ikke", DECLINE)])
def test_one_may_skip_or_decline(word: str, said: StepChoice) -> None:
    assert read_choice(word) == said


@given(st.none() | st.text().filter(lambda text: text not in {*"12345", "spring-over", "vil-ikke"}))
def test_anything_else_is_no_choice(word: str | None) -> None:
    assert read_choice(word) is None


@pytest.mark.parametrize("said", [SKIP, DECLINE])
def test_that_one_skipped_is_nothing_to_show(said: StepChoice) -> None:
    assert not has_something_to_show(said, None)
    assert has_something_to_show(said, "Ro")


@given(st.none() | st.uuids(), st.sampled_from(Visibility), st.none() | st.uuids())
def test_what_is_private_is_shown_to_nobody(
    contact_id: UUID | None, state: Visibility, shown_to: UUID | None
) -> None:
    if is_shown_to(contact_id, state=state, shown_to=shown_to):
        assert (state, shown_to) == (Visibility.SHARED, contact_id)


def test_it_is_shown_to_one_person_and_not_to_the_next() -> None:
    line, mette = uuid4(), uuid4()
    assert is_shown_to(line, state=Visibility.SHARED, shown_to=line)
    assert not is_shown_to(mette, state=Visibility.SHARED, shown_to=line)
    assert not is_shown_to(None, state=Visibility.SHARED, shown_to=None)


def test_a_changed_word_is_a_new_version() -> None:
    """Answers stand with the words they were given to: change a word, and raise the version here too."""
    assert TAKEN_INTO_USE[SHIPPED.key] == (SHIPPED.version, str(SHIPPED.id)[:4])


def test_there_are_six_topics_and_five_words() -> None:
    assert len({one.topic for one in SHIPPED.questions}) == 6
    assert SHIPPED.steps == ("Rigtig svært", "Svært", "Midt imellem", "Godt", "Rigtig godt")
