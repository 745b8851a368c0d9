"""CON-44: what refusing a parcel costs, told before it is refused."""

import dataclasses

from odoo import api, fields, models

from ..policy import freight

#: reasons of a refusal that the customer can still choose between, the one he should take first
CHOICES = ("announced", "violation", "unjustified")


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    refusal_freight = fields.Text(
        "Freight if he refuses it",
        compute="_compute_refusal_freight",
        help="Tell it the customer before he refuses the parcel: who bears which way, by the reason.",
    )

    @api.depends(
        "delivery_result", "resolution", "reason_id", "fault_party", "outbound_term", "sale_order_id"
    )
    @api.depends_context("lang")
    def _compute_refusal_freight(self):
        unsigned = self.filtered(lambda rma: rma.delivery_result == "unsigned")
        (self - unsigned).refusal_freight = False
        for rma in unsigned:
            rma.refusal_freight = "\n".join(
                self.env._(
                    "%(refusal)s – way out: %(outbound)s, way back: %(back)s.",
                    refusal=row["refusal"],
                    outbound=row["outbound"],
                    back=row["back"],
                )
                for row in rma._refusal_freight()
            )

    def _refusal_freight(self):
        """[{"refusal", "outbound", "back", "why"}]: bearers of both ways for each reason, by the table."""
        facts = self._freight_facts()
        rules = self.env["aftersales.freight.rule"]._policy_rows(self.company_id)
        labels = dict(self._fields["refusal"]._description_selection(self.env))
        answers = {
            refusal: freight.judge(
                dataclasses.replace(facts, resolution="refund_only", delivery="refused", refusal=refusal),
                rules,
            )
            for refusal in CHOICES
        }
        return [
            {
                "refusal": labels[refusal],
                "outbound": self._bearers_told(answer, "outbound"),
                "back": self._bearers_told(answer, "return"),
                "why": self._refusal_why(answer),
            }
            for refusal, answer in answers.items()
        ]

    def _bearers_told(self, answer, leg):
        bearers = dict(
            self.env["aftersales.freight.charge"]._fields["borne_by"]._description_selection(self.env)
        )
        parts = [part for part in answer.values["charges"] if part.leg == leg]
        return ", ".join(bearers[part.borne_by] for part in parts) or "–"

    def _refusal_why(self, answer):
        """The sentence of the row that decides about the way back."""
        deciding = [c.code for c in answer.clauses if "return" in c.params.get("legs", "").split(", ")]
        # sudo: the sentences of the table are no secret
        texts = self.env["aftersales.freight.rule"].sudo()._clause_texts(deciding[:1])
        return texts.get(deciding[0], "") if deciding else ""
