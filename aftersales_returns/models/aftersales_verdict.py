"""How amounts and moments of a reason are written for whoever reads it."""

import re
from datetime import datetime

from odoo import api, fields, models

from odoo.addons.aftersales_service.models.aftersales_deadline_mixin import written_moment

#: values of clauses that are money, by kind of verdict; the same word may be a quantity elsewhere
MONEY = {
    ("refund", "refund_amount_ceiling"): ("amount", "left"),
    ("refund", None): ("amount",),
    ("reshipment", None): ("total", "large"),
}
#: values of clauses that are moments, naive UTC in ISO format
MOMENTS = {"eligibility_window": ("closes_at",)}
#: the lines a sentence is about, after its colon
ABOUT_LINES = re.compile(r"\s*[:：][^:：]*%\(lines\)s[^.。]*")


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        return super()._compute_explanation()

    def _grounds(self, clauses):
        """A decision on the freight is about the way back: it rests on the rows that say who bears that."""
        if self.kind != "freight":
            return super()._grounds(clauses)
        return [clause.code for clause in clauses if "return" in clause.params.get("legs", "").split(", ")]

    def _explain(self, clause, texts):
        if clause["params"].get("lines") == "-":  # it holds for no line, so it names none
            text = self.env["aftersales.clause"]._text_of(clause["code"])
            texts = {**texts, clause["code"]: ABOUT_LINES.sub("", text or "")}
        told = super()._explain({**clause, "params": self._written(clause)}, texts)
        return told | {"params": clause["params"]} | self._time_limit_kept(clause)

    def _time_limit_kept(self, clause):
        """A time limit that was kept speaks for the return: it is told with its day."""
        is_limit = clause["code"] == "eligibility_window" and not clause["matched"]
        if not is_limit or not _moment(clause["params"].get("closes_at")):
            return {}
        text = self.env["aftersales.clause"]._text_of("eligibility_in_time")
        return {"matched": True, "text": self._fill(text, self._written(clause))} if text else {}

    def _written(self, clause):
        """The values of ``clause`` with amounts in their currency and moments in the reader's time zone."""
        params, code = clause["params"], clause["code"]
        amounts = MONEY.get((self.kind, code)) or MONEY.get((self.kind, None), ())
        written = {
            name: self._currency().format(float(params[name])) for name in amounts if _is_number(params, name)
        }
        for name in MOMENTS.get(code, ()):
            moment = _moment(params.get(name))
            if moment:
                local = fields.Datetime.context_timestamp(self, moment)
                written[name] = written_moment(self.env, local)
        if code == "refund_data_missing":
            labels = self.env["aftersales.refund"]._labels_of_payee_data()
            words = (params.get("missing") or "").split(", ")
            written["missing"] = ", ".join(labels.get(word, word) for word in words)
        return {**params, **written}

    def _currency(self):
        """The currency of the document the verdict is about; without one, of its company."""
        documents = self.env[self.res_model].sudo() if self.res_model in self.env else None  # sudo: as `why`
        if documents is not None and "currency_id" in documents._fields:
            currency = documents.browse(self.res_id).currency_id
            if currency:
                return currency
        return (self.company_id or self.env.company).sudo().currency_id  # sudo: a currency is no secret


def _is_number(params, name):
    try:
        float(params.get(name))
    except (TypeError, ValueError):
        return False
    return True


def _moment(text):
    try:
        return datetime.fromisoformat(text or "")
    except (TypeError, ValueError):
        return None
