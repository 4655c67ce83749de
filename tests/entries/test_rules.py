"""The life of an entry, without a database: no order of moves leads where it must not."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entries.rules import (
    UNDONE_WITHIN,
    Approval,
    EntryStanding,
    EntryState,
    IllegalMove,
    NewerWords,
    NothingNew,
    Versions,
    WaitsForAnswer,
    approval_before,
    can_be_undone,
)
from app.errors import Refused
from tests.cast import NOW

NEW = EntryStanding(EntryState.DRAFT, Versions(1))
Move = Callable[[EntryStanding, list[Approval]], EntryStanding]


def alone(move: Callable[[EntryStanding], EntryStanding]) -> Move:
    return lambda standing, _approvals: move(standing)


def undo(seen: int) -> Move:
    """Return the move as the service makes it: from all approvals it finds what stood before."""

    def undone(standing: EntryStanding, approvals: list[Approval]) -> EntryStanding:
        before = approval_before(approvals, seen)
        return standing.approval_undone(seen, before.version if before else None)

    return undone


moves = st.lists(
    st.one_of(
        st.just(alone(EntryStanding.revised)),
        st.just(alone(EntryStanding.shared)),
        st.just(alone(EntryStanding.taken_back)),
        st.integers(1, 4).map(lambda seen: alone(lambda standing: standing.approved(seen))),
        st.integers(1, 4).map(lambda seen: alone(lambda standing: standing.talked_about(seen))),
        st.integers(1, 4).map(undo),
    ),
    max_size=25,
)


def walk(wishes: list[Move]) -> list[EntryStanding]:
    """Return every standing on the way; a move that is refused changes nothing."""
    way, approvals = [NEW], list[Approval]()
    for request_for in wishes:
        try:
            way.append(request_for(way[-1], approvals))
        except Refused:
            way.append(way[-1])
        was, is_now = way[-2].versions.approved or 0, way[-1].versions.approved or 0
        if was != is_now:
            approvals.append(Approval(max(was, is_now), NOW, None, undone=is_now < was))
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
def test_what_was_approved_stands_until_a_newer_is_or_it_is_undone(wishes: list[Move]) -> None:
    stood = [0]
    for before, after in pairwise(walk(wishes)):
        was, is_now = before.versions.approved or 0, after.versions.approved or 0
        if is_now > was:
            assert (before.state, after.state) == (EntryState.SHARED, EntryState.IN_PLAN)
            stood.append(is_now)
        elif is_now < was:
            assert (before.state, after.state) == (EntryState.IN_PLAN, EntryState.SHARED)
            assert stood.pop() == was == after.versions.shared
        assert stood[-1] == is_now


@given(moves)
def test_an_approval_undone_at_once_leaves_all_as_it_was(wishes: list[Move]) -> None:
    for standing in walk(wishes):
        if standing.state is EntryState.SHARED:
            shared = standing.versions.shared or 0
            assert standing.approved(shared).approval_undone(shared, standing.versions.approved) == standing


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


def test_only_what_is_in_the_plan_is_taken_out_of_it() -> None:
    for standing in (NEW, NEW.shared(), NEW.shared().talked_about(1)):
        with pytest.raises(IllegalMove):
            standing.approval_undone(1, None)
    with pytest.raises(NewerWords):
        NEW.shared().approved(1).approval_undone(2, None)


def test_newer_words_that_nobody_sees_stay_when_an_approval_is_undone() -> None:
    undone = NEW.shared().approved(1).revised().approval_undone(1, None)
    assert undone == EntryStanding(EntryState.SHARED, Versions(2, shared=1))
    assert undone.approved(1) == EntryStanding(EntryState.IN_PLAN, Versions(2, shared=1, approved=1))


def test_an_approval_that_was_undone_does_not_stand_before_a_later_one() -> None:
    undone = [Approval(1, NOW, None), Approval(1, NOW, None, undone=True)]
    assert approval_before([*undone, Approval(2, NOW, None)], 2) is None
    again = Approval(1, NOW, None)
    assert approval_before([*undone, again, Approval(2, NOW, None)], 2) == again


def test_it_can_be_undone_for_ten_minutes_and_no_longer() -> None:
    assert can_be_undone(NOW, NOW + UNDONE_WITHIN)
    assert not can_be_undone(NOW, NOW + UNDONE_WITHIN + timedelta(microseconds=1))
    assert not can_be_undone(None, NOW)


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
