"""The receipts of what a professional may see: that they are told when it is another."""

from tests.cast import People
from tests.house.receipts import Receipt, Stage

PEOPLE = People()
SEES_ANOTHER = "Anna har ændret, hvad du kan se af planen."


def plan_limited(stage: Stage, _given: object) -> str:
    return stage.press("anna", f"/samtykke/fagperson/{PEOPLE.thea.id}", f"/{PEOPLE.thea.id}", extent="area")


ACCESS_RECEIPTS = (
    Receipt(
        "a professional sees a part of the plan",
        ("%(name)s får besked om, at det er ændret.",),
        {"thea": SEES_ANOTHER},
        plan_limited,
    ),
)
