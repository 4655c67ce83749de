"""The life of an entry, without a database: no order of moves leads where it must not."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entries.rules import (
    EntryStanding,
    EntryState,
    IllegalMove,
    NewerWords,
    NothingNew,
    Versions,
    WaitsForAnswer,
    plain_text,
)
from app.errors import Refused

NEW = EntryStanding(EntryState.DRAFT, Versions(1))
Move = Callable[[EntryStanding], EntryStanding]

moves = st.lists(
    st.one_of(
        st.just(EntryStanding.revised),
        st.just(EntryStanding.shared),
        st.just(EntryStanding.taken_back),
        st.integers(1, 4).map(lambda seen: lambda standing: standing.approved(seen)),
        st.integers(1, 4).map(lambda seen: lambda standing: standing.talked_about(seen)),
    ),
    max_size=25,
)


def walk(wishes: list[Move]) -> list[EntryStanding]:
    """Return every standing on the way; a move that is refused changes nothing."""
    way = [NEW]
    for request_for in wishes:
        try:
            way.append(request_for(way[-1]))
        except Refused:
            way.append(way[-1])
    return way


@given(moves)
def test_the_database_would_take_every_standing(wishes: list[Move]) -> None:
    for standing in walk(wishes):
        written, shared, approved = (
            standing.versions.written,
            standing.versions.shared,
            standing.versions.approved,
        )
        assert written >= max(shared or 1, approved or 1)
        assert standing.state not in (EntryState.SHARED, EntryState.TALK) or shared is not None
        assert standing.state is not EntryState.IN_PLAN or approved is not None
        assert standing.state is not EntryState.DRAFT or (shared, approved) == (None, None)


@given(moves)
def test_what_was_approved_stands_until_a_newer_is(wishes: list[Move]) -> None:
    way = walk(wishes)
    for before, after in pairwise(way):
        assert (after.versions.approved or 0) >= (before.versions.approved or 0)
        if after.versions.approved != before.versions.approved:
            assert (before.state, after.state) == (EntryState.SHARED, EntryState.IN_PLAN)


@given(moves)
def test_nobody_is_shown_words_that_are_taken_back(wishes: list[Move]) -> None:
    way = walk(wishes)
    for before, after in pairwise(way):
        if before.state is EntryState.SHARED and after.state in (EntryState.DRAFT, EntryState.IN_PLAN):
            assert after.versions.shared in (None, after.versions.approved)


@given(moves)
def test_words_that_are_being_read_do_not_change(wishes: list[Move]) -> None:
    for standing in walk(wishes):
        if standing.state is EntryState.SHARED:
            with pytest.raises(WaitsForAnswer):
                standing.revised()


def test_after_a_talk_it_can_be_shared_again_as_it_is() -> None:
    talk = NEW.shared().talked_about(1)
    assert talk.shared().state is EntryState.SHARED


def test_what_is_in_the_plan_is_shared_again_only_with_new_words() -> None:
    approved = NEW.shared().approved(1)
    with pytest.raises(NothingNew):
        approved.shared()
    assert approved.revised().shared().versions == Versions(2, shared=2, approved=1)


def test_taking_back_a_new_version_leaves_the_old_one_in_the_plan() -> None:
    back = NEW.shared().approved(1).revised().shared().taken_back()
    assert back == EntryStanding(EntryState.IN_PLAN, Versions(2, shared=1, approved=1))


def test_an_answer_to_older_words_does_not_count() -> None:
    newer = NEW.shared().taken_back().revised().shared()
    with pytest.raises(NewerWords):
        newer.approved(1)
    with pytest.raises(NewerWords):
        newer.talked_about(1)


@pytest.mark.parametrize("answered", [NEW.shared().approved(1), NEW.shared().talked_about(1), NEW])
def test_only_what_waits_can_be_answered(answered: EntryStanding) -> None:
    with pytest.raises(IllegalMove):
        answered.approved(1)
    with pytest.raises(IllegalMove):
        answered.taken_back()


def test_line_breaks_are_kept_and_of_one_kind() -> None:
    assert plain_text("  En drøm\r\nom\rhavet\n\n") == "En drøm\nom\nhavet"


@pytest.mark.parametrize("nothing", [None, "", " \r\n\t ", "\u200b\u200b", "\x00\x07"])
def test_nothing_to_see_is_nothing_written(nothing: str | None) -> None:
    assert plain_text(nothing) == ""


@given(st.text())
def test_kept_text_is_fit_for_any_database(typed: str) -> None:
    kept = plain_text(typed)
    kept.encode()
    assert "\x00" not in kept
    assert "\r" not in kept
    assert plain_text(kept) == kept
