"""What a phone or computer is called until its owner calls it something else. Pure."""

# What a browser says of the machine → what people call it. The first that fits.
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android-telefon"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows-computer"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux-computer"),
)
UNKNOWN = "Telefon eller computer"


def device_name(user_agent: str) -> str:
    """Return the everyday name of the machine that a browser runs on."""
    return next((name for sign, name in DEVICES if sign in user_agent), UNKNOWN)
