"""What is wrong with a configuration: all of it at once, each with where it stands and an example. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ConfigFault:
    """One setting that can't be used. No fault quotes a secret."""

    where: str  # the setting, or the file and its line with a colon
    reason: str  # the rest of the sentence
    example: str = ""  # how it is written; "": the reason says it

    def __str__(self) -> str:
        example = f" Skriv f.eks. {self.example}" if self.example else ""
        return f"{self.where} {self.reason}{example}"


class BadConfiguration(Exception):
    """The app must not start. Each fault is a line in Danish that names its setting and says what to do."""

    def __init__(self, *faults: ConfigFault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class FaultCollector:
    """Reads one setting after the other, so that a fault in the first doesn't hide the second's."""

    def __init__(self) -> None:
        self.faults: list[ConfigFault] = []

    def take(self, read: Callable[[], T]) -> T:
        """Return what `read` returns. After a fault it is None, which nobody sees: `stop` comes first."""
        try:
            return read()
        except BadConfiguration as bad:
            self.faults += bad.faults
            return cast("T", None)

    def stop(self) -> None:
        """Raise BadConfiguration with every fault there was, if there was any."""
        if self.faults:
            raise BadConfiguration(*self.faults)
