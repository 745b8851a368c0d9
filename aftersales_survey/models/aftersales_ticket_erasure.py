import uuid

from odoo import models
from odoo.tools import SQL


class AftersalesTicket(models.Model):
    """What the customer wrote into the questionnaire goes with the ticket; what was ticked is counted on."""

    _inherit = "aftersales.ticket"

    def _blank_person(self):
        super()._blank_person()
        answers = self.env["survey.user_input"].search([("aftersales_ticket_id", "in", self.ids)])
        for answer in answers:
            # a new token: the link in the mail opens nothing any more
            answer.write({"partner_id": False, "access_token": str(uuid.uuid4())})
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE survey_user_input SET email = NULL, nickname = NULL WHERE id = ANY(%s)", answers.ids)
        )
        self.env.cr.execute(
            SQL(
                "UPDATE survey_user_input_line SET value_char_box = NULL, value_text_box = NULL"
                " WHERE user_input_id = ANY(%s)",
                answers.ids,
            )
        )
        self.env.invalidate_all()
