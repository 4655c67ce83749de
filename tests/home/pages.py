"""What I dag shows, taken from the page."""

import re


def news_of(page: str) -> list[tuple[str, str]]:
    """Return what stands as new: where it leads, and what it says."""
    news = page.partition('id="nyt"')[2].partition("</ul>")[0]
    return re.findall(r'<p><a href="(/nyt/[0-9a-f-]+)"[^>]*>([^<]+)</a>', news)
