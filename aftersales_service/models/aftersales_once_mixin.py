from odoo import api, fields, models


class AftersalesOnceMixin(models.AbstractModel):
    """A request that is sent twice is one document.

    Whoever gets no answer sends again: a customer who presses twice, an app whose connection broke. The
    sender draws a key for each request; the same key of the same user is the same document. To be inherited
    first, so that nothing else happens to what is there already.
    """

    _name = "aftersales.once.mixin"
    _description = "Document that is made once"

    request_key = fields.Char(
        "Key of the request",
        readonly=True,
        copy=False,
        help="Drawn by the sender, a form or another system: sent twice, the request counts once.",
    )

    _request_key_uniq = models.UniqueIndex(
        "(create_uid, request_key) WHERE request_key IS NOT NULL", "That request has been taken already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """The documents asked for, in that order: those of known keys as they are, the others made."""
        keys = {vals["request_key"] for vals in vals_list if vals.get("request_key")}
        known = {} if self.env.su else self._taken_before(keys)  # all visitors of a website are one user
        if not known:
            return super().create(vals_list)
        made = iter(super().create([vals for vals in vals_list if vals.get("request_key") not in known]))
        return self.browse().concat(*(known.get(vals.get("request_key")) or next(made) for vals in vals_list))

    @api.model
    def _taken_before(self, keys):
        """{key: document} of what this user has sent already and may read."""
        if not keys:
            return {}
        found = self.with_context(active_test=False).search(
            [("create_uid", "=", self.env.uid), ("request_key", "in", list(keys))]
        )
        return {document.request_key: document.with_env(self.env) for document in found}
