"""Whatever is typed, and whatever stands in the settings: words for a person, an exit code, no traceback."""

from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.cli.conftest import Run
from tests.cli.test_serve_refuses import SAFE

COMMANDS = [
    "init", "config check", "migrate", "import", "invite", "people find", "people end", "token list",
    "token create --system", "token revoke", "doctor", "backup", "restore", "seed --citizens",
    "serve --host 192.0.2.1 --port 0",
]  # fmt: skip
OPTIONS = ["--preview", "--new-departments", "--on", "--role", "--unit", "--paper", "--handover-to", "--data",
           "--scope", "--name", "--origin", "--slug"]  # fmt: skip
WORDS = [
    "", "-", "--", "Åse", "a@b.dk", "20304050", "\x1b[31m", "\udcff", "folder.csv", "empty.csv", "noise.csv",
    "utf16.csv", "folder", "note.txt", "away.csv", "-1", "9" * 20, "2026-13-45", "31-12-9999", "01-01-0001",
    "leder", "x" * 500, "../..", "/dev/null", "%s", "{0}", "%(x)s", "'", "\n", "https://x.dk",
]  # fmt: skip
SERVERS = ["/w@h/db", "127.0.0.1:9/db", "127.0.0.1:99999/db", "h h/db", "[::1/db", "127.0.0.1:9/db?foo=bar"]
URLS = [
    *(f"sqlite:///{file}" for file in ("note.txt", "folder", "/proc/x.db", "æ ø.db", "s.db?mode=ro")),
    *(f"postgresql+psycopg://u:p@{server}" for server in SERVERS),
]
NOISE = bytes(range(256))
FILES = {
    "empty.csv": b"",
    "noise.csv": NOISE,
    "utf16.csv": "navn\nÅse".encode("utf-16"),
    "note.txt": b"x",
    "bom.toml": b"\xef\xbb\xbfname = 1\n",
    "utf16.toml": 'name = "x"'.encode("utf-16"),
    "noise.toml": NOISE,
}
SETTINGS = st.one_of(
    st.tuples(st.just("ENPLAN_DATABASE_URL"), st.sampled_from(URLS)),
    st.tuples(st.just("ENPLAN_CONFIG"), st.sampled_from(["bom.toml", "utf16.toml", "noise.toml", "folder"])),
    st.tuples(st.sampled_from(sorted([*SAFE, "ENPLAN_SW_OFF", "ENPLAN_DEMO"])), st.sampled_from(WORDS)),
)


@seed(14)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    command=st.sampled_from(COMMANDS),
    words=st.lists(st.sampled_from(WORDS), max_size=2),
    options=st.lists(st.tuples(st.sampled_from(OPTIONS), st.sampled_from(WORDS)), max_size=2),
    wrong=st.lists(SETTINGS, max_size=2),
)
def test_nothing_that_can_be_typed_ends_in_a_traceback(
    command: str,
    words: list[str],
    options: list[tuple[str, str]],
    wrong: list[tuple[str, str]],
    enplan: Run,
    tmp_path: Path,
) -> None:
    (tmp_path / "folder.csv").mkdir(exist_ok=True)
    (tmp_path / "folder").mkdir(exist_ok=True)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    typed = [*command.split(), *words, *(word for pair in options for word in pair)]
    done = enplan(*typed, **(SAFE | dict(wrong)))
    assert done.returncode in (0, 1, 2)
    assert done.returncode == 0 or (done.stderr + done.stdout).strip()
