"""Terms and ledger of a warranty card."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import warranty
from odoo.addons.aftersales_service.policy.warranty import Entry

SOLD, SENT, ACCEPTED = date(2026, 3, 1), date(2026, 3, 4), date(2026, 9, 30)
END = date(2027, 3, 1)
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


# fmt: off
@pytest.mark.parametrize(("event", "known", "expected"), [
    ("purchase",   (SOLD, SENT, None),     SOLD),
    ("purchase",   (None, SENT, None),     SENT),
    ("delivery",   (SOLD, SENT, None),     SENT),
    ("acceptance", (SOLD, SENT, ACCEPTED), ACCEPTED),
    ("acceptance", (SOLD, SENT, None),     None),     # not accepted yet: the term has not begun
])
# fmt: on
def test_the_term_begins_with_the_event_of_its_plan(event, known, expected):
    """WARR-01, WARR-14, CON-12."""
    assert warranty.starts_on(event, *known) == expected


# fmt: off
@pytest.mark.parametrize(("start", "months", "expected"), [
    (date(2026, 3, 15),  12, date(2027, 3, 15)),
    (date(2024, 2, 29),  12, date(2025, 2, 28)),
    (date(2026, 8, 31),   6, date(2027, 2, 28)),
    (date(2026, 12, 1),  36, date(2029, 12, 1)),
    (date(2026, 5, 5),    0, date(2026, 5, 5)),
])
# fmt: on
def test_the_last_day_has_the_number_of_the_first(start, months, expected):
    """WARR-02: one year, WARR-14: three years."""
    assert warranty.end_of_term(start, months) == expected


@given(days, st.integers(0, 120))
def test_a_longer_term_never_ends_earlier(start, months):
    assert start <= warranty.end_of_term(start, months) <= warranty.end_of_term(start, months + 1)


def test_the_standard_term_is_one_year():
    """WARR-02."""
    assert warranty.DEFAULT_MONTHS == 12


def test_a_card_is_active_up_to_and_with_its_last_day():
    told = [Entry("issue", SOLD)]
    assert warranty.state_on(told, END, END) == "active"
    assert warranty.state_on(told, END, END + timedelta(1)) == "expired"


def test_a_returned_product_suspends_its_card_until_it_is_back():
    told = [Entry("issue", SOLD), Entry("suspend", date(2026, 5, 1)), Entry("resume", date(2026, 5, 20))]
    assert warranty.state_on(told, END, date(2026, 5, 10)) == "suspended"
    assert warranty.state_on(told, END, date(2026, 5, 20)) == "active"


def test_a_void_card_stays_void():
    told = [Entry("issue", SOLD), Entry("void", date(2026, 5, 1)), Entry("resume", date(2026, 5, 20))]
    assert warranty.state_on(told, END, date(2028, 1, 1)) == "void"
    assert warranty.state_on(told, END, date(2026, 4, 30)) == "active"


def test_an_extension_moves_the_last_day():
    assert warranty.last_day(END, [Entry("extend", SOLD, 30), Entry("suspend", SOLD)]) == END + timedelta(30)


entries = st.lists(
    st.builds(Entry, st.sampled_from(["suspend", "resume", "extend", "void"]), days, st.integers(0, 30))
)


@given(entries, days, days)
def test_nothing_that_happens_later_changes_the_state_of_a_day(told, end, day):
    earlier = [entry for entry in told if entry.on <= day]
    assert warranty.state_on(told, end, day) == warranty.state_on(earlier, end, day)
