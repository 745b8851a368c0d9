import doctest

from odoo.addons.aftersales_returns.policy import slip_sheets


def test_doctests():
    assert doctest.testmod(slip_sheets).failed == 0


def test_every_line_stands_on_one_page_in_its_order():
    """RMA-24: whatever the names, nothing is left out and no page is empty."""
    names = ["Cable", "很长的中文商品名称" * 12, "x" * 900, "", "Plug"] * 9
    sheets = slip_sheets.fill(names)
    assert [number for sheet in sheets for number in sheet] == list(range(len(names)))
    assert all(sheets)


def test_a_slip_that_fits_is_one_page():
    assert len(slip_sheets.fill(["Cable"] * slip_sheets.FIRST)) == 1
    assert slip_sheets.fill([]) == [[]]
