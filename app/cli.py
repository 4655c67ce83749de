"""The `enplan` command."""


def main(arguments: list[str]) -> int:
    raise SystemExit(arguments)
