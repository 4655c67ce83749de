"""The pages that are listened to, and the files that say what was heard."""

from dataclasses import dataclass
from pathlib import Path

SPEECH = Path(__file__).with_name("speech")
FIRST = "Gå til sidens indhold"  # what comes before is the window's, and differs with how fast the page came
READ, STOPS = "# Siden, som den læses op, når den åbner", "# Med Tab"


@dataclass(frozen=True, slots=True)
class Heard:
    """One page as Anna hears it."""

    key: str
    address: str

    @property
    def path(self) -> Path:
        return SPEECH / f"{self.key}.txt"

    def write(self, read: list[str], stops: list[str]) -> None:
        """Keep what was read out, a line for each thing said, and what was said at each stop of Tab."""
        SPEECH.mkdir(exist_ok=True)
        text = "\n".join([READ, *read[read.index(FIRST) :], "", STOPS, *stops])
        self.path.write_text(text + "\n", "utf-8")

    def kept(self) -> tuple[list[str], list[str]]:
        """Return both, as they were kept."""
        read, stops = self.path.read_text("utf-8").split(f"\n\n{STOPS}\n")
        return read.splitlines()[1:], stops.splitlines()


PAGES = (
    Heard("i-dag", "/"),
    Heard("plan", "/plan"),
    Heard("skriv", "/skriv"),
    Heard("skriv-droem", "/skriv?slags=droem"),
)
