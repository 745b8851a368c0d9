"""PRIV-02: a mask tells two customers apart and reaches neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import masking


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+86 20 5550 1234", "•••• 1234"),
        ("13800138000", "•••• 8000"),
        ("110", "••••"),
        ("123456", "••••"),
        ("5550123", "•••• 0123"),  # the shortest landline
        ("020 5551234", "•••• 1234"),
        ("", ""),
        (None, ""),
        (False, ""),
    ],
)
def test_a_telephone_number_shows_its_last_four_digits(phone, expected):
    """PRIV-02, AMB-37"""
    assert masking.mask_phone(phone) == expected


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("li.ming@example.com", "l•••@example.com"),
        ("@example.com", "•••@example.com"),
        ("not an address", "•••"),
        ("", ""),
        (False, ""),
    ],
)
def test_an_address_shows_its_first_letter_and_the_domain(email, expected):
    """PRIV-02, AMB-37"""
    assert masking.mask_email(email) == expected


@given(st.text(alphabet="0123456789 +-()", min_size=1, max_size=20))
def test_no_mask_shows_more_than_four_digits_or_half_the_number(phone):
    """PRIV-02"""
    digits = sum(char.isdigit() for char in phone)
    shown = sum(char.isdigit() for char in masking.mask_phone(phone))
    assert shown <= min(4, digits * 2 // 3)
