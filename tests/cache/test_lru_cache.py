"""What is kept stays within its bytes, whoever looks and however many at once."""

import sys
from threading import Thread

from app.cache.lru_cache import ROOM, PageLru

BODY = b"a" * 9000
THREE = 3 * (sys.getsizeof(BODY) + ROOM)


def test_a_page_is_given_for_the_state_it_was_drawn_from_and_no_other() -> None:
    pages = PageLru()
    pages.put("anna", 1, b"one")
    assert (pages.find("anna", 1), pages.find("anna", 2), pages.find("line", 1)) == (b"one", None, None)
    pages.put("anna", 2, b"two")
    assert (pages.find("anna", 1), pages.find("anna", 2)) == (None, b"two")
    assert pages.size == sys.getsizeof(b"two") + ROOM


def test_the_page_looked_at_longest_ago_makes_room() -> None:
    pages = PageLru(THREE)
    for place in "abc":
        pages.put(place, 1, BODY)
    pages.find("a", 1)
    pages.put("d", 1, BODY)
    assert [place for place in "abcd" if pages.find(place, 1)] == ["a", "c", "d"]
    assert pages.size == THREE


def test_what_is_larger_than_the_room_is_not_kept() -> None:
    pages = PageLru(THREE)
    pages.put("a", 1, BODY)
    pages.put("b", 1, BODY * 4)
    assert (pages.find("b", 1), pages.size) == (None, 0)
    nothing = PageLru(0)
    nothing.put("a", 1, b"")
    assert (nothing.find("a", 1), nothing.size) == (None, 0)


def test_many_at_once_stay_within_the_bytes() -> None:
    pages, most = PageLru(THREE), list[int]()

    def use(mine: int) -> None:
        for number in range(400):
            pages.put((mine, number % 5), number, BODY)
            found = pages.find((mine, number % 5), number)
            assert found in (None, BODY)
            most.append(pages.size)

    threads = [Thread(target=use, args=(mine,)) for mine in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 6 * 400
    assert max(most) <= THREE + sys.getsizeof(BODY) + ROOM  # while one makes room
    assert pages.size <= THREE
