"""The doors of the plan and of its people: /kontakt, /samtykke."""
