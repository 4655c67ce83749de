"""Who may see what is decided in one place: nobody else compares ties, and nobody else writes them as SQL."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.access.policy import Tie

DECIDES = ("access/", "plan/relations.py")
SQL = ("consent/queries.py", "plan/tie_conditions.py")
PAST = ("caseload/service.py",)  # asks whom a late answer let in until just now: they are tied no more
TIED = re.compile(
    r"\b(ContactAssignment|TeamMembership|Representation|Absence|Cover)\.(starts|ends)_(at|on)\b"
)
VALUES = frozenset(Tie)
Group = ast.Set | ast.Tuple | ast.List


def compares_ties(source: str) -> bool:
    """Say whether a module names a tie, or weighs something against what is written in one."""
    return any(map(_weighs_a_tie, ast.walk(ast.parse(source))))


def _weighs_a_tie(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(ast.Name("Tie")) | ast.Attribute(attr="ties" | "nearest", ctx=ast.Load()):
            return True
        case ast.Call(ast.Name("Tie")) | ast.Attribute(ast.Attribute(attr="Tie")):
            return True
        case ast.Compare(left=left, comparators=others):
            return any(_is_of_ties(one) for one in (left, *others))
        case ast.MatchValue(value) | ast.Set([value, *_]):
            return _is_of_ties(value)
        case ast.Tuple(values) | ast.List(values):
            return len(values) > 1 and all(_is_of_ties(one) for one in values)
    return False


def _is_of_ties(node: ast.expr) -> bool:
    """Say whether an expression is a tie's value, or a group of them."""
    match node:
        case ast.Constant(str(value)):
            return value in VALUES
        case ast.Set(values) | ast.Tuple(values) | ast.List(values):
            return bool(values) and all(map(_is_of_ties, values))
    return False


def times_ties(source: str) -> bool:
    """Say whether a module asks, in SQL, whether a tie holds now."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Compare() | ast.Call(ast.Attribute(attr="is_" | "is_not")):
                if TIED.search(ast.unparse(node)):
                    return True
    return False


def modules() -> Iterator[tuple[str, str]]:
    for path in Path("app").rglob("*.py"):
        yield path.relative_to("app").as_posix(), path.read_text("utf-8")


def test_only_the_policy_and_the_relations_compare_ties() -> None:
    assert [
        name for name, source in modules() if not name.startswith(DECIDES) and compares_ties(source)
    ] == []


def test_no_template_asks_for_a_tie() -> None:
    asks = re.compile(r"\.(tie|ties|nearest)\b")
    assert [str(one) for one in Path("app/templates").rglob("*.html") if asks.search(one.read_text())] == []


def test_only_one_place_says_in_sql_when_a_tie_holds() -> None:
    assert [name for name, source in modules() if name not in SQL + PAST and times_ties(source)] == []


@pytest.mark.parametrize(
    "breach",
    [
        'if tie == "contact": pass',
        'if viewer().subject.nearest in ("contact", "substitute"): pass',
        'contact = seen.tie in {"contact"}',
        "if Tie.SELF in subject.ties: pass",
        "if tie is policy.Tie.CONTACT: pass",
        'helps = Tie("professional")',
        'CONTACTS = ("contact", "substitute")',
        'COUNTED = frozenset({"contact"})',
        'READS = ["self", "contact"]',
        'match tie:\n    case "representative": pass',
        "works = subject.ties & AT_WORK",
    ],
)
def test_a_tie_that_is_compared_elsewhere_is_seen(breach: str) -> None:
    assert compares_ties(breach)


@pytest.mark.parametrize(
    "breach",
    [
        "col(ContactAssignment.ends_at).is_(None)",
        "and_(Absence.starts_at <= now, Absence.ends_at > now)",
        "or_(col(TeamMembership.ends_on).is_(None))",
        "Representation.starts_on <= today",
        "col(Cover.ends_at) > now",
    ],
)
def test_a_tie_in_sql_elsewhere_is_seen(breach: str) -> None:
    assert times_ties(breach)


def test_what_only_looks_like_it_is_not_seen() -> None:
    assert not compares_ties('tabs = (("plan.contact", "contact"), Role.CONTACT)\nnew["contact"] = 1')
    assert not times_ties("before.ends_at = now\nrows.order_by(col(Absence.starts_at))")
