"""Which goods stand on which page of a return slip.

A printer counts no pages by itself on every machine, so the pages are filled before it prints: each names the
return and its place among them, so that a page that got loose in the parcel is no riddle (RMA-24).

>>> [len(sheet) for sheet in fill(["Cable"] * 60)]
[24, 32, 4]
>>> [len(sheet) for sheet in fill(["A name that goes on and on " * 4] * 20)]
[12, 8]
"""

FIRST, NEXT = 24, 32  # printed lines of goods that a page has room for, beside what else stands on it
WIDTH = 60  # letters of a name in one printed line


def printed_lines(name: str) -> int:
    """Lines that a name takes; a Chinese letter is as wide as two others."""
    width = sum(2 if ord(letter) > 0x2E7F else 1 for letter in name)
    return max(1, -(-width // WIDTH))


def fill(names: list[str]) -> list[list[int]]:
    """Positions of the names, page by page; a name that no page has room for gets one of its own."""
    sheets, room = [[]], FIRST
    for number, name in enumerate(names):
        needed = printed_lines(name)
        if needed > room and sheets[-1]:
            sheets.append([])
            room = NEXT
        sheets[-1].append(number)
        room -= needed
    return sheets
