"""Who may read a document in the portal, and who may act on it as the customer: two questions.

Colleagues of ours may read what they could read in the backend, and look at the page by its link. They never
answer, sign or entrust anything there: that would be their word under the customer's name.
"""

import hashlib

from odoo.http import request
from odoo.tools import consteq

#: fields of a form that say nothing of what is asked for
NOT_WRITTEN = {"csrf_token", "access_token", "request_key", "step"}


def is_own(document):
    """Whether the document belongs to the company of whoever is logged in."""
    user = request.env.user
    # sudo: whose it is, is the question; the visitor may have no right to read it
    holder = document.sudo().partner_id.commercial_partner_id
    return not user._is_public() and bool(holder) and holder == user.commercial_partner_id


def fits(document, access_token):
    """Whether the token is this document's own."""
    own = document.sudo().access_token  # sudo: the token is compared, never shown
    return bool(access_token and own and consteq(own, access_token))


def may_act(document, access_token):
    """The customer, or whoever holds the link of our mail and is none of us."""
    return is_own(document) or (fits(document, access_token) and not request.env.user._is_internal())


def words(told, limit):
    """What the visitor has typed into one field, at most ``limit`` characters; PostgreSQL keeps no NUL."""
    return (told or "").replace("\x00", "").strip()[:limit]


def request_key(post, limit):
    """By which key a form that is sent twice is known: what its page has drawn, and what was written in it.

    Whoever goes back in the browser, writes something else and sends again asks for something else.

    :return: "" where the page has drawn none
    """
    drawn = words(post.get("request_key"), limit)
    written = sorted(
        (name, value) for name, value in post.items() if isinstance(value, str) and name not in NOT_WRITTEN
    )
    return drawn and f"{drawn}-{hashlib.sha256(repr(written).encode()).hexdigest()[:16]}"
