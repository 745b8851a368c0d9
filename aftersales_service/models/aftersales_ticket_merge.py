from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..policy import ticket_flow

#: rows that stay where they are: a secret is told for one ticket, promises and verdicts are its own
STAY = {"aftersales.secret", "aftersales.secret.access"}

#: what the other ticket knows better than an empty field
FILLED = (
    "partner_id", "contact_name", "phone", "email", "product_id", "lot_id", "serial_number", "sale_line_id",
    "proof_of_purchase", "purchase_date", "category_id", "problem_type", "environment",
)  # fmt: skip
JOINED = ("description", "tried_solutions", "preliminary_judgement")


class AftersalesTicket(models.Model):
    """Two tickets about one thing become one; one about two things becomes two. Nothing is lost."""

    _inherit = "aftersales.ticket"

    merged_into_id = fields.Many2one(
        "aftersales.ticket", "Merged into", readonly=True, copy=False, index="btree_not_null"
    )

    def _owned_fields(self):
        return super()._owned_fields() | {"merged_into_id"}

    def _next_step(self):
        if self.merged_into_id:
            # sudo: the reference leads on, also for whom the other ticket is not
            return self.env._("Goes on as %(ticket)s", ticket=self.sudo().merged_into_id.name)
        return super()._next_step()

    # === MERGE === #

    def action_merge(self):
        """Ask which of the tickets stays."""
        tickets = self | self.similar_ids if len(self) == 1 else self
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge"),
            "res_model": "aftersales.ticket.merge",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_ids": tickets.ids, "default_target_id": tickets.sorted("id")[:1].id},
        }

    def _merge_into(self, target):
        """Everything of ``self`` moves to ``target``; the emptied tickets are cancelled with a reference."""
        sources = self - target
        (sources | target).check_access("write")
        sources._refuse_merge(target)
        for ticket in sources.sorted("id"):
            ticket._give_facts(target)
            ticket._move_thread(target)
            ticket._move_links(target)
        sources._fire("cancel", reason=self.env._("Merged into %(ticket)s.", ticket=target.name))
        sources._write_policy({"merged_into_id": target.id})
        sources._move_activities(target)
        names = ", ".join(sources.mapped("name"))
        target._message_log(body=self.env._("Merged with %(tickets)s: all of it is here.", tickets=names))
        return target

    def _refuse_merge(self, target):
        if not self:
            raise UserError(self.env._("Choose at least two tickets to merge."))
        ended = (self | target).filtered(lambda ticket: ticket.state not in ticket_flow.OPEN)
        if ended:
            raise UserError(
                self.env._(
                    "%(tickets)s is not open any more: only open tickets can be merged. Reopen it first, or "
                    "let the new one follow on it.",
                    tickets=", ".join(ended.mapped("display_name")),
                )
            )
        customers = (self | target).partner_id.commercial_partner_id
        senders = (self | target)._unknown_senders()
        if len(customers) > 1 or len(senders) > 1 or len((self | target).company_id) > 1:
            raise UserError(
                self.env._(
                    "%(tickets)s belong to different customers or companies: merged, one would read what the "
                    "other has written. Correct the customer first if it is the same one.",
                    tickets=", ".join((self | target).mapped("display_name")),
                )
            )

    def _unknown_senders(self):
        """Addresses of those who are no contact yet: two of them are two people until somebody says who."""
        strangers = self.sudo().filtered(lambda t: not t.partner_id)  # sudo: compared, not shown
        return {email_normalize(ticket.email) or ticket.email for ticket in strangers if ticket.email}

    def _give_facts(self, target):
        """Fill what the other one does not know; texts are put one under the other."""
        vals = {name: self[name] for name in FILLED if self[name] and not target[name]}
        vals = {name: value.id if hasattr(value, "id") else value for name, value in vals.items()}
        for name in JOINED:
            if self[name]:
                vals[name] = "\n\n".join(filter(None, [target[name], f"{self.name}: {self[name]}"]))
        if vals:
            target.write(vals)
        target.proof_ids |= self.proof_ids

    def _move_thread(self, target):
        """Messages, files and followers; the answer to a mail of the old ticket finds the new one."""
        # sudo: the whole thread moves, also what others have written
        messages = self.env["mail.message"].sudo().search(self._attached_domain("model"))
        messages.write({"res_id": target.id})
        files = self.env["ir.attachment"].sudo().search(self._attached_domain("res_model"))  # sudo: as above
        files.write({"res_id": target.id})
        target.message_subscribe(partner_ids=self.message_partner_ids.ids)

    def _attached_domain(self, model_field):
        return [(model_field, "=", self._name), ("res_id", "in", self.ids)]

    def _move_activities(self, target):
        """After the cancelling, which closes the ledger's own tasks."""
        # sudo: also other users' tasks
        activities = self.env["mail.activity"].sudo().search(self._attached_domain("res_model"))
        activities.write({"res_id": target.id})

    def _move_links(self, target):
        """Visits, repairs, quotations, time, returns: whatever points to the old ticket."""
        for model, name in self._links():
            # sudo: links of documents that are not the agent's
            records = self.env[model].sudo().with_context(active_test=False)
            found = records.search([(name, "in", self.ids), ("id", "!=", target.id)])
            if model == "aftersales.affected.customer":  # a customer is affected once
                known = target.sudo().affected_ids.partner_id  # sudo: as above
                found = found.filtered(lambda row, known=known: row.partner_id not in known)
            if model == self._name and name == "merged_into_id":
                found._write_policy({name: target.id})
            elif found:
                found.write({name: target.id})

    def _links(self):
        """[(model, field)] of stored links to a ticket, in all installed addons."""
        return [
            (model._name, name)
            for model in self.env.registry.values()
            if model._auto and not model._abstract and not model._transient and model._name not in STAY
            for name, field in model._fields.items()
            if field.type == "many2one" and field.comodel_name == self._name and field.store
            and not field.related and not (field.compute and field.readonly)
        ]  # fmt: skip

    # === SPLIT === #

    def action_split(self):
        """Ask what the second ticket is about and which messages go with it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split"),
            "res_model": "aftersales.ticket.split",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _split_off(self, vals, messages):
        """A second ticket of the same customer; ``messages`` go with it, files included."""
        self.ensure_one()
        self.check_access("write")
        other = self.create({**self._split_values(), **vals})
        # sudo: messages of others move as well
        chosen = messages.sudo().filtered(lambda m: m.model == self._name and m.res_id == self.id)
        chosen.attachment_ids.filtered(lambda file: file.res_model == self._name).write({"res_id": other.id})
        chosen.write({"res_id": other.id})
        other.message_subscribe(partner_ids=self.message_partner_ids.ids)
        self._message_log(body=self.env._("%(ticket)s was split off.", ticket=other.name))
        other._message_log(body=self.env._("Split off from %(ticket)s.", ticket=self.name))
        return other

    def _split_values(self):
        return {
            "partner_id": self.partner_id.id,
            "contact_name": self.contact_name,
            "phone": self.phone,
            "email": self.email,
            "channel": self.channel,
            "company_id": self.company_id.id,
            "parent_id": self.id,
        }
