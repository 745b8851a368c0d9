"""What a scan at the inspection station means."""

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
