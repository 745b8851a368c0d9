"""How much of a telephone number or an address somebody sees who need not call (PRIV-02, AMB-37, AMB-40).

Enough to tell two customers apart and to hear "yes, that is mine", too little to call or to write.

>>> mask_phone("+86 138 0013 8000")
'•••• 8000'
>>> mask_email("li.ming@example.com")
'l•••@example.com'
"""

DOTS = "•••"
SHOWN_DIGITS = 4


def mask_phone(phone):
    """The last four digits; of a short number none."""
    digits = [char for char in phone or "" if char.isdigit()]
    if not digits:
        return ""
    return f"{DOTS}• {''.join(digits[-SHOWN_DIGITS:])}" if len(digits) > 2 * SHOWN_DIGITS - 2 else f"{DOTS}•"


def mask_email(email):
    """The first letter and the domain, which tells the company; without a domain nothing."""
    person, at, domain = (email or "").strip().rpartition("@")
    if not at:
        return DOTS if domain else ""
    return f"{person[:1]}{DOTS}@{domain}"
