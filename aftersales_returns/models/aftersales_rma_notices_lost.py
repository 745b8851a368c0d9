"""What a customer reads of goods that got lost in our hands: what is true, in his mails and on his page."""

from odoo import models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: {step: (subject, sentence)} where nobody could inspect any of his goods
NOT_INSPECTED = {
    "passed": (
        _lt("your goods got lost in our hands"),
        _lt("Your goods got lost in our hands before we could inspect them. We are sorry: you get your "
            "money back."),
    ),
    "to_ship": (
        _lt("your goods got lost in our hands"),
        _lt("Your goods got lost in our hands before we could inspect them. We are sorry: you get others "
            "instead."),
    ),
    "rejected": (
        _lt("your goods got lost in our hands"),
        _lt("Your goods got lost in our hands before we could inspect them. We are sorry and get in touch "
            "with you."),
    ),
}  # fmt: skip
#: where nothing is left to send
NOT_SENT = (
    _lt("your goods got lost in our hands"),
    _lt("What we were to send back to you got lost in our hands. We are sorry and get in touch with you."),
)
#: steps that follow from the inspection, whose sentence says how it went with the goods
ABOUT_GOODS = (*NOT_INSPECTED, "sent")


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _notice_texts(self):
        subject, sentence = super()._notice_texts()
        node = self.env.context.get("aftersales_node")
        lost = self._lost_findings()
        if not lost or node not in ABOUT_GOODS:
            return subject, sentence
        if node == "sent" and not self._has_sent_goods():
            return tuple(self.env._(text) for text in NOT_SENT)
        if node in NOT_INSPECTED and self._is_lost_uninspected():
            return tuple(self.env._(text) for text in NOT_INSPECTED[node])
        return subject, " ".join([sentence, *self._lost_sentences(lost, node == "sent")])

    def _lost_sentences(self, lost, is_sent):
        """Of goods that got lost beside others; with what is sent only of those that were to be sent."""
        unsettled = lost.filtered(lambda found: found._is_without_replacement())
        settled = lost.browse() if is_sent else lost - unsettled
        said = []
        if settled:
            said.append(self.env._("%s got lost in our hands; it counts as accepted.", settled._told_goods()))
        if unsettled:
            said.append(
                self.env._(
                    "%s got lost in our hands; we are sorry and get in touch with you.",
                    unsettled._told_goods(),
                )
            )
        return said

    def _lost_findings(self):
        # sudo: what became of his goods, for the customer
        return self.sudo().inspection_ids.filtered("is_lost")

    def _is_lost_uninspected(self):
        findings = self.sudo().inspection_ids  # sudo: as above
        return bool(findings) and all(found.is_lost and not found.grade for found in findings)

    def _has_sent_goods(self):
        # sudo: as above
        return any(
            picking.state == "done" and picking._aftersales_is_for_customer()
            for picking in self.sudo().picking_ids
        )

    def _portal_next_text(self):
        if self.state == "inspected" and self._is_lost_uninspected():
            return self.env._("Your goods got lost in our hands. We settle the matter with you.")
        if self.state == "rejected" and self._lost_findings() and not self._moves_to_send_back():
            return self.env._("What was to go back to you got lost in our hands. We get in touch with you.")
        return super()._portal_next_text()


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    def _told_goods(self):
        return ", ".join(self.mapped("line_id.display_name"))
