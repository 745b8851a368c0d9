"""Json values that are replaced and never changed in place."""

from odoo import fields


class KeptJson(fields.Json):
    """A Json value that is read as it lies in the cache.

    Odoo copies a Json value deeply at every reading, lest the reader changes the cache with it. What a policy
    has decided nobody changes: it is written anew as a whole. Readers must not write into it.
    """

    def convert_to_record(self, value, record):
        return False if value is None else value
