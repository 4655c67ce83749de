from tests.cli.conftest import Run, command_names

ABOUT_FILES = ("init", "import", "backup", "restore", "key backup")
WITH_WORDS = (*ABOUT_FILES, "token revoke", "people find", "people end")


def test_every_help_is_danish_in_its_titles_too(enplan: Run) -> None:
    for name in ("", "token", "config", "people", "key", *command_names()):
        said = enplan(*name.split(), "--help").stdout
        titles = [line for line in said.splitlines() if line.endswith(":") and not line.startswith(" ")]
        assert said.startswith("Brug: ./enplan"), name
        assert set(titles) <= {"Kommandoer:", "Skal med:", "Valg:"}, name
        assert ("Skal med:" in titles) == (name in WITH_WORDS), name


def test_help_says_which_database_is_meant(enplan: Run) -> None:
    said = enplan("token", "create", "--help").stdout
    assert "ENPLAN_DATABASE_URL" in said
    assert ".data/demo" in said
