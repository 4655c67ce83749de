"""A reader's name stands among others in a sentence, in every language."""

from itertools import permutations

import pytest

from app.consent.rules import RepresentationKind
from app.i18n import answer_in, end_answer, language_named, name_list, offered
from app.plan.queries import PlanReader
from app.plan.texts import name_readers

READERS = [
    *(PlanReader(f"{kind.value} Holm", kind) for kind in RepresentationKind),
    PlanReader("Jonas Vang"),
    PlanReader("Thea Lund", hidden=True),
]


@pytest.mark.parametrize("code", [one.code for one in offered()])
def test_who_reads_can_stand_anywhere_in_a_list(code: str) -> None:
    before = answer_in(language_named(code))
    try:
        for order in permutations(READERS, 3):
            names = name_readers(order)
            assert len(names) == 3
            assert [one for one in names if "," in one] == []
            assert name_list(names).count(",") <= 2
    finally:
        end_answer(before)
