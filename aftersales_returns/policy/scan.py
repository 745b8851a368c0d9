"""What a scan at the inspection station means, given what is expected.

A barcode is one of four things: a command (``read``), a piece of the return in hand (``match``), something
that does not belong to it (``stranger``), or a return (found by whoever asks). Answers are codes; the station
turns them into a sentence and a sound. Only ``COUNTED`` changes anything.

>>> read("as-grade-b")
Command(action='grade', field='grade', value='b')
>>> read("6901234567892") is None
True
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .disposition import CHECKS, GRADES

# === RESULTS === #

COUNTED = "counted"  # one more piece of a line
DOUBLE = "double"  # that very serial number was scanned before
TOO_MANY = "too_many"  # every piece of the article was scanned already
NEEDS_SERIAL = "needs_serial"  # an article with serial numbers was scanned by its article code
WRONG_SERIAL = "wrong_serial"  # the right article, but not the piece that was delivered
NOT_EXPECTED = "not_expected"  # goods that the return does not name
FOREIGN_RETURN = "foreign_return"  # slip or parcel of another return, while one is being worked on
UNKNOWN = "unknown"

#: refusals that a station tells apart by sound
REFUSALS = (DOUBLE, TOO_MANY, NEEDS_SERIAL, WRONG_SERIAL, NOT_EXPECTED, FOREIGN_RETURN, UNKNOWN)

# === PHASES === #

RECEIVING, INSPECTING, OVER = "receiving", "inspecting", "over"
#: what a return in a state is at the station for; every other state is over
PHASES = {"approved": RECEIVING, "in_transit": RECEIVING, "received": INSPECTING}


def phase_of(state: str) -> str:
    """What the station does with a return in ``state``."""
    return PHASES.get(state, OVER)


# === COMMANDS === #

PREFIX = "AS-"


@dataclass(frozen=True)
class Command:
    """A barcode of the command sheet, or the key that stands for it.

    ``field`` and ``value`` say what is written, for grades and checks.
    """

    action: str
    field: str | None = None
    value: str | None = None


_CHECK_WORDS = {
    "unused": "UNUSED",
    "packaging": "PACKAGING",
    "accessories": "ACCESSORIES",
    "gift_included": "GIFT",
    "serial_matches": "SERIAL",
    "fault_found": "FAULT",
}
COMMANDS = {
    **{f"{PREFIX}GRADE-{grade.upper()}": Command("grade", "grade", grade) for grade in GRADES},
    **{
        f"{PREFIX}{_CHECK_WORDS[check]}-{answer.upper()}": Command("check", check, answer)
        for check in CHECKS
        for answer in ("yes", "no")
    },
    f"{PREFIX}ALL": Command("all"),
    f"{PREFIX}SPLIT": Command("split"),
    f"{PREFIX}UNDO": Command("undo"),
    f"{PREFIX}RECEIVE": Command("receive"),
    f"{PREFIX}DONE": Command("done"),
    f"{PREFIX}ASIDE": Command("aside"),
}


def clean(barcode: str) -> str:
    """A barcode as it is compared: scanners add blanks and line ends, people type small letters."""
    return (barcode or "").strip().upper()


def read(barcode: str) -> Command | None:
    """The command a barcode stands for, or ``None``."""
    return COMMANDS.get(clean(barcode))


# === GOODS === #


@dataclass(frozen=True)
class Expected:
    """One line of the return as the station waits for it.

    ``codes``     barcode and internal reference of the article
    ``serial``    number that identifies the pieces: a serial number (``quantity`` 1) or a lot
    ``by_number`` the article alone does not say which piece it is
    ``seen``      pieces scanned so far, in the unit of ``quantity``

    A kit arrives as its parts; each of them is a row of its own under the kit's line:

    ``part``      the component
    ``need``      pieces of it in one kit
    ``numbers``   serial numbers or lots it may have, as they were delivered or came in
    ``is_unique`` each number is one piece, so that none is counted twice
    ``taken``     numbers scanned so far, one for each piece
    """

    line: int
    product: int
    codes: tuple[str, ...] = ()
    serial: str | None = None
    by_number: bool = False
    quantity: float = 1.0
    seen: float = 0.0
    part: int | None = None
    need: float = 1.0
    numbers: tuple[str, ...] = ()
    is_unique: bool = False
    taken: tuple[str, ...] = ()

    @property
    def is_full(self) -> bool:
        return self.seen >= self.quantity

    @property
    def missing(self) -> float:
        return max(0.0, self.quantity - self.seen)

    def has_number(self, code: str) -> bool:
        """Whether ``code`` (cleaned) is a number of these pieces."""
        return code in (clean(number) for number in (self.serial, *self.numbers) if number)

    def was_taken(self, code: str) -> bool:
        """Whether that very piece was scanned before."""
        if self.part is None:
            return self.is_full and self.quantity <= 1
        return self.is_unique and code in map(clean, self.taken)


@dataclass(frozen=True)
class Match:
    """What a scan came to, and the line it concerns; of a kit also the part and its number."""

    code: str
    line: int | None = None
    part: int | None = None
    number: str | None = None


def match(barcode: str, lines: Sequence[Expected], in_hand: int | None = None) -> Match | None:
    """What ``barcode`` is among the goods of the return; ``None`` where it is none of them.

    A number is asked before an article code, since it says more. Of several lines of one article the line in
    hand comes first, so that a line that was split off does not take its pieces.
    """
    code = clean(barcode)
    if not code:
        return None
    ordered = sorted(lines, key=lambda line: line.line != in_hand)
    numbered = [line for line in ordered if line.has_number(code)]
    if numbered:
        double = next((line for line in numbered if line.was_taken(code)), None)
        if double and (double.part is not None or all(line.is_full for line in numbered)):
            return Match(DOUBLE, double.line, double.part)
        return _count(numbered, code)
    articles = [line for line in ordered if code in map(clean, line.codes)]
    countable = [line for line in articles if not line.by_number]
    if countable:
        return _count(countable)
    return Match(NEEDS_SERIAL, articles[0].line, articles[0].part) if articles else None


def _count(lines: Sequence[Expected], number: str | None = None) -> Match:
    for line in lines:
        if not line.is_full:
            return Match(COUNTED, line.line, line.part, number if line.part is not None else None)
    return Match(TOO_MANY, lines[0].line, lines[0].part)


def whole_kits(parts: Sequence[Expected]) -> float:
    """How many whole kits the scanned parts of one line make up.

    >>> stand, lamp = Expected(1, 10, part=10, seen=2), Expected(1, 11, part=11, need=2, quantity=4, seen=3)
    >>> whole_kits([stand, lamp])
    1.0
    """
    return float(min((int(part.seen / part.need + 1e-6) for part in parts), default=0))


#: what the quantity of a transfer may differ by from the exact need, in any unit
ROUNDED = 0.0075


def lacking(needs: dict, came: dict) -> dict:
    """{part: pieces} that kits lack of which some part came; a kit that was begun counts as one.

    >>> lacking({"stand": 1, "lamp": 2}, {"stand": 2, "lamp": 3})
    {'lamp': 1}
    >>> lacking({"cable": 2.335}, {"cable": 2.34})  # transfers are rounded, that begins no second kit
    {}
    """
    begun = max((math.ceil((came.get(part, 0) - ROUNDED) / need) for part, need in needs.items()), default=0)
    missing = {part: begun * need - came.get(part, 0) for part, need in needs.items()}
    return {part: pieces for part, pieces in missing.items() if pieces > ROUNDED}


def stranger(lines: Sequence[Expected], products_of_number=(), is_return=False, is_article=False) -> str:
    """Why a barcode that is no piece of the return is refused.

    :param products_of_number: ids of the products that have a serial number or lot of that name
    :param is_return: it is the slip or the parcel of another return
    :param is_article: it is the code of some article
    """
    if set(products_of_number).intersection(line.product for line in lines):
        return WRONG_SERIAL
    if is_return:
        return FOREIGN_RETURN
    return NOT_EXPECTED if products_of_number or is_article else UNKNOWN


def seen_of(log: Sequence[dict], phase: str) -> dict:
    """{line, of a kit (line, part): pieces scanned in ``phase``}, from the entries of the station's log."""
    seen: dict = {}
    for line, pieces, *part in _pieces(log, phase):
        key = (line, part[0]) if part else line
        seen[key] = seen.get(key, 0) + pieces
    return seen


def numbers_of(log: Sequence[dict], phase: str) -> dict[tuple[int, int], tuple[str, ...]]:
    """{(line, part): numbers scanned in ``phase``, one for each piece}."""
    numbers: dict[tuple[int, int], tuple[str, ...]] = {}
    for line, _pieces_seen, *part in _pieces(log, phase):
        if part and part[1]:
            key = (line, part[0])
            numbers[key] = (*numbers.get(key, ()), part[1])
    return numbers


def _pieces(log: Sequence[dict], phase: str):
    """Rows [line, pieces] or, of a kit, [line, pieces, part, number] that stand."""
    for entry in log:
        if entry.get("phase") == phase and not entry.get("undone"):
            yield from entry.get("pieces") or ()


def last_step(log: Sequence[dict], phase: str) -> int | None:
    """Index of the step that an undo takes back: the latest that changed something in this phase."""
    for number in range(len(log) - 1, -1, -1):
        entry = log[number]
        if entry.get("phase") == phase and entry.get("step") and not entry.get("undone"):
            return number
    return None


def answered(log: Sequence[dict], key: str) -> dict | None:
    """The entry of a scan that was answered before: it came again, and changes nothing."""
    return next((entry for entry in log if key and entry.get("key") == key), None)
