"""Which names of app/ use which: read from the sources, by the names that a module's statements read.

A name is its address: `app.goals.service.finish_step`. What a module does beside giving names stands under
the module's own address, and what it does as a script under `….__main__`.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

Uses = dict[str, set[str]]
MADE = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def read_sources() -> dict[str, str]:
    """Return the source of every module of app/, by its address."""
    found = {}
    for path in sorted(Path("app").rglob("*.py")):
        parts = path.with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text("utf-8")
    return found


def reached(sources: Mapping[str, str], roots: Iterable[str]) -> set[str]:
    """Return every name that the roots come to use, step by step."""
    uses: Uses = {}
    for module, source in sources.items():
        uses |= uses_of(module, source)
    waiting, found = list(roots), set[str]()
    while waiting:
        name = waiting.pop()
        if name in uses and name not in found:
            found.add(name)
            waiting += uses[name]
    return found


def functions(sources: Mapping[str, str]) -> Iterator[str]:
    """Yield the address of every function of a module's own level."""
    for module, source in sources.items():
        for node in _parsed(source).body:
            if isinstance(node, ast.FunctionDef):
                yield f"{module}.{node.name}"


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def uses_of(module: str, source: str) -> Uses:
    """Return what each name of a module uses; one that was imported uses what it stands for."""
    parts = [(node, _telling(node)) for node in _parsed(source).body]
    imported = {name: home for _node, inside in parts for name, home in _imports(module, inside)}
    here = {name for node, _inside in parts for name in _names(node)}
    uses: Uses = {module: set()} | {f"{module}.{name}": {home} for name, home in imported.items()}
    known = imported | {name: f"{module}.{name}" for name in here}
    for node, inside in parts:
        read = set(_read(inside, known))
        for name in _names(node):
            uses.setdefault(f"{module}.{name}", {module}).update(read)
            for one in _decorators(node, here):
                uses.setdefault(f"{module}.{one}", {module}).add(f"{module}.{name}")
        if not _names(node):
            uses.setdefault(_home(module, node), set()).update(read)
    return uses


def _names(node: ast.stmt) -> set[str]:
    """Return the names that a statement of a module's own level gives."""
    match node:
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
            return {name}
        case ast.Assign(targets):
            return {one.id for part in targets for one in ast.walk(part) if isinstance(one, ast.Name)}
        case ast.AnnAssign(ast.Name(name)):
            return {name}
    return set()


def _home(module: str, node: ast.stmt) -> str:
    as_script = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
    return f"{module}.__main__" if as_script else module


def _telling(node: ast.stmt) -> list[ast.AST]:
    """Return the parts of a statement that name something."""
    return [
        one
        for one in ast.walk(node)
        if isinstance(one, ast.Name | ast.Attribute | ast.Constant | ast.ImportFrom)
    ]


def _imports(module: str, inside: list[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in inside:
        if isinstance(node, ast.ImportFrom):
            beside = module.rsplit(".", node.level)[0] if node.level else ""
            of = ".".join(filter(None, (beside, node.module)))
            if of.split(".")[0] == "app":
                for one in node.names:
                    yield one.asname or one.name, f"{of}.{one.name}"


def _read(inside: list[ast.AST], known: Mapping[str, str]) -> Iterator[str]:
    """Yield what a statement reads: a name, a name of a module, or a command's `app.module:function`."""
    for one in inside:
        match one:
            case ast.Name(name) if name in known:
                yield known[name]
            case ast.Attribute(ast.Name(name), attr) if name in known:
                yield f"{known[name]}.{attr}"
            case ast.Constant(str(text)) if text.startswith("app.") and ":" in text:
                yield text.replace(":", ".")


def _decorators(node: ast.stmt, here: set[str]) -> Iterator[str]:
    """Yield the module's own names that a statement is registered with, as a view is with its blueprint."""
    if isinstance(node, MADE):
        for decorator in node.decorator_list:
            yield from (one.id for one in ast.walk(decorator) if isinstance(one, ast.Name) and one.id in here)
