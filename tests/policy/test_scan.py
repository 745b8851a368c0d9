"""What a scan at the inspection station means."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy import disposition, rma_flow, scan
from odoo.addons.aftersales_returns.policy.scan import Expected, Match

CAMERA_1 = Expected(1, product=10, codes=("690001", "CAM"), serial="SN-1", by_number=True)
CAMERA_2 = Expected(2, product=10, codes=("690001", "CAM"), serial="SN-2", by_number=True)
CABLES = Expected(3, product=20, codes=("690002",), quantity=3)
PARCEL = (CAMERA_1, CAMERA_2, CABLES)


def seen(line, pieces):
    return Expected(**{**line.__dict__, "seen": pieces})


def test_a_serial_number_finds_its_line():
    """INSPECT-06."""
    assert scan.match("SN-2", PARCEL) == Match(scan.COUNTED, 2)


def test_blanks_and_small_letters_make_no_difference():
    assert scan.match(" sn-2\r\n", PARCEL) == Match(scan.COUNTED, 2)


def test_the_same_serial_number_twice_is_a_double_scan():
    assert scan.match("SN-1", (seen(CAMERA_1, 1), CAMERA_2)) == Match(scan.DOUBLE, 1)


def test_an_article_is_counted_until_all_of_it_was_seen():
    """INSPECT-04: more than was announced is not taken in."""
    assert scan.match("690002", (seen(CABLES, 2),)) == Match(scan.COUNTED, 3)
    assert scan.match("690002", (seen(CABLES, 3),)) == Match(scan.TOO_MANY, 3)


def test_an_article_with_serial_numbers_asks_for_the_number():
    assert scan.match("cam", PARCEL) == Match(scan.NEEDS_SERIAL, 1)


def test_a_lot_is_counted_piece_by_piece():
    lot = Expected(1, product=10, serial="LOT-7", by_number=True, quantity=2)
    assert scan.match("LOT-7", (seen(lot, 1),)).code == scan.COUNTED
    assert scan.match("LOT-7", (seen(lot, 2),)).code == scan.TOO_MANY


def test_of_two_lines_of_one_article_the_one_in_hand_is_counted_first():
    other = Expected(4, product=20, codes=("690002",))
    assert scan.match("690002", (CABLES, other), in_hand=4) == Match(scan.COUNTED, 4)
    assert scan.match("690002", (CABLES, seen(other, 1)), in_hand=4) == Match(scan.COUNTED, 3)


# --- kits ---------------------------------------------------------------------------------------------------

TOP = Expected(5, product=30, codes=("TOP",), part=30, quantity=2)
LEG = Expected(5, product=31, codes=("LEG",), part=31, need=2, quantity=4)
MOTOR = Expected(
    5, 32, ("MOT",), by_number=True, part=32, quantity=2, numbers=("M-1", "M-2"), is_unique=True
)  # fmt: skip
DESKS = (TOP, LEG, MOTOR)


def part(row, **values):
    return dataclasses.replace(row, **values)


def test_a_part_is_counted_under_the_line_of_its_kit():
    """RMA-10: the answer names line, part and, where it has one, the number."""
    assert scan.match("leg", DESKS) == Match(scan.COUNTED, 5, 31)
    assert scan.match("m-2", DESKS) == Match(scan.COUNTED, 5, 32, "M-2")


def test_a_part_too_many_a_number_twice_and_a_part_without_its_number_differ():
    """INSPECT-04."""
    assert scan.match("TOP", (part(TOP, seen=2), LEG)) == Match(scan.TOO_MANY, 5, 30)
    once = part(MOTOR, seen=1, taken=("M-1",))
    assert scan.match("M-1", (once,)) == Match(scan.DOUBLE, 5, 32)
    assert scan.match("M-2", (once,)).code == scan.COUNTED
    assert scan.match("MOT", DESKS) == Match(scan.NEEDS_SERIAL, 5, 32)


def test_pieces_of_a_lot_in_a_kit_are_counted_one_by_one():
    paint = part(MOTOR, is_unique=False, seen=1, taken=("M-1",))
    assert scan.match("M-1", (paint,)).code == scan.COUNTED
    assert scan.match("M-1", (part(paint, seen=2),)).code == scan.TOO_MANY


@pytest.mark.parametrize(
    ("top", "legs", "motors", "kits"), [(0, 4, 2, 0), (1, 2, 1, 1), (2, 3, 2, 1), (2, 4, 2, 2), (2, 1, 2, 0)]
)
def test_the_scarcest_part_says_how_many_whole_kits_there_are(top, legs, motors, kits):
    """RMA-10."""
    assert scan.whole_kits([part(TOP, seen=top), part(LEG, seen=legs), part(MOTOR, seen=motors)]) == kits


@pytest.mark.parametrize(
    ("came", "lacks"),
    [
        ({}, {}),
        ({"top": 1, "leg": 2}, {}),
        ({"leg": 1}, {"top": 1, "leg": 1}),
        ({"top": 2, "leg": 3}, {"leg": 1}),
        ({"top": 1, "leg": 4}, {"top": 1}),
    ],
)
def test_what_a_kit_lacks_is_counted_from_the_part_that_came_most(came, lacks):
    """RMA-10: an incomplete kit is told by its missing parts."""
    assert scan.lacking({"top": 1, "leg": 2}, came) == lacks


def test_the_log_keeps_parts_and_numbers_apart_and_forgets_what_was_undone():
    log = [
        {"phase": scan.RECEIVING, "pieces": [[5, 1, 32, "M-1"], [5, 2, 31, None]]},
        {"phase": scan.RECEIVING, "pieces": [[5, 1, 32, "M-2"]], "undone": True},
        {"phase": scan.RECEIVING, "pieces": [[3, 1]]},
    ]
    assert scan.seen_of(log, scan.RECEIVING) == {(5, 32): 1, (5, 31): 2, 3: 1}
    assert scan.numbers_of(log, scan.RECEIVING) == {(5, 32): ("M-1",)}


def test_what_is_none_of_the_goods_is_left_to_the_next_question():
    assert scan.match("690009", PARCEL) is None
    assert scan.match("   ", PARCEL) is None


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"products_of_number": [10]}, scan.WRONG_SERIAL),
        ({"products_of_number": [10], "is_return": True}, scan.WRONG_SERIAL),
        ({"products_of_number": [99]}, scan.NOT_EXPECTED),
        ({"is_return": True}, scan.FOREIGN_RETURN),
        ({"is_article": True}, scan.NOT_EXPECTED),
        ({}, scan.UNKNOWN),
    ],
)
def test_a_stranger_is_called_by_what_it_is(known, code):
    """A swapped camera, somebody else's parcel and a torn label sound different."""
    assert scan.stranger(PARCEL, **known) == code


def test_every_grade_and_every_check_has_its_command():
    """INSPECT-06: the whole checklist without a mouse."""
    written = {(command.field, command.value) for command in scan.COMMANDS.values() if command.field}
    checks = {(check, answer) for check in disposition.CHECKS for answer in ("yes", "no")}
    assert written == {("grade", grade) for grade in disposition.GRADES} | checks


def test_a_command_is_no_barcode_of_goods():
    assert scan.read("as-undo") == scan.Command("undo")
    assert scan.read("690001") is None


def test_only_what_can_be_received_or_inspected_is_worked_on():
    """RS-4, RS-5: the phases follow the flow's own states."""
    for state in {state for state, _event in rma_flow.TRANSITIONS}:
        events = {event for at, event in rma_flow.TRANSITIONS if at == state}
        expected = scan.RECEIVING if "receive" in events else scan.OVER
        expected = scan.INSPECTING if "complete_inspection" in events else expected
        assert scan.phase_of(state) == expected, state


def test_undo_takes_back_the_latest_step_of_its_phase():
    log = [
        {"phase": scan.RECEIVING, "step": "count", "pieces": [[3, 1]]},
        {"phase": scan.INSPECTING, "step": "count", "pieces": [[3, 2]]},
        {"phase": scan.INSPECTING, "step": "grade", "undone": True},
        {"phase": scan.INSPECTING, "code": scan.DOUBLE},
    ]
    assert scan.last_step(log, scan.INSPECTING) == 1
    assert scan.seen_of(log, scan.INSPECTING) == {3: 2}
    assert scan.last_step(log[:1], scan.INSPECTING) is None


@given(st.lists(st.sampled_from(["SN-1", "SN-2", "690001", "690002", "690003"]), max_size=30))
def test_no_order_of_scans_counts_more_than_is_expected(barcodes):
    """Quantity is conserved: pieces counted never pass what was announced, whatever is scanned."""
    counted = {line.line: 0 for line in PARCEL}
    for barcode in barcodes:
        lines = [seen(line, counted[line.line]) for line in PARCEL]
        found = scan.match(barcode, lines)
        if found and found.code == scan.COUNTED:
            counted[found.line] += 1
    assert all(counted[line.line] <= line.quantity for line in PARCEL)
    assert counted[3] == min(barcodes.count("690002"), 3)
