from odoo import Command, api, fields, models
from odoo.tools import SQL

from .aftersales_ticket_retention import erase_correspondence

#: field types that can hold somebody's words; files go with the attachments
WORDS = ("char", "text", "html", "json", "binary")

#: what stands in for a text that a document cannot do without
NO_TEXT = "-"


class AftersalesTicket(models.Model):
    """How far an erasure reaches: everything of ours that hangs on a ticket, found through the registry.

    Erasing is the rule and keeping the exception. A document that refers to a ticket, or to something that
    does, is found by itself, and every text of it goes unless ``_kept_texts`` names it as a figure or a code.
    Whoever adds a field or a document later has to say why it may stay, not remember that it must go.
    """

    _inherit = "aftersales.ticket"

    @api.model
    def _kept_texts(self):
        """{model: its texts that tell nothing of a person}: numbers, codes, hashes, figures."""
        return {
            "aftersales.ticket": {"name", "sla_targets", "told_nodes", "archive_index", "archive_seal"},
            "aftersales.visit": {"name", "signature_sha256"},
            "aftersales.deadline": {"res_model", "pause_cause", "expires"},
            "aftersales.deadline.event": {"cause"},
            "aftersales.verdict": {"res_model", "outcome", "facts", "clauses", "outcome_values", "version"},
        }

    @api.model
    def _impersonal_models(self):
        """Models of ours that may name a ticket and outlast it: what was learned, and contracts."""
        return {
            "aftersales.known.fault",
            "aftersales.warranty.card",
            "aftersales.warranty.card.entry",
            "aftersales.agreement",
        }

    def _is_settled(self):
        """Whether nothing that hangs on the ticket still needs the person: a refund needs the account."""
        self.ensure_one()
        return True

    def _personal_documents(self):
        """Recordsets whose texts, messages and files go with the ticket, the tickets first."""
        found = {self._name: self}
        todo = [self]
        while todo:
            above = todo.pop(0)
            for model, fresh in self._documents_below(above).items():
                known = found.get(model, fresh.browse())
                found[model] = known | fresh
                if fresh - known:
                    todo.append(fresh - known)
        return list(found.values())

    @api.model
    def _documents_below(self, above):
        """{model: documents of the suite that refer to ``above``}, whatever addon they come from."""
        outlasting, below = self._impersonal_models(), {}
        for name in self.env.registry:
            model = self.env[name]
            if name == above._name or name in outlasting or not _is_ours(model):
                continue
            for domain in _ways(above, model):
                found = model.with_context(active_test=False).search(domain)
                if found:
                    below[name] = below.get(name, model) | found
        return below

    @api.model
    def _kept_texts_of(self, documents):
        """Names of the texts of ``documents`` that stay: those named as kept, and numbers that were drawn."""
        kept = self._kept_texts().get(documents._name, set()) | {"res_model"}
        return kept | ({"name"} & documents._owned_fields() if hasattr(documents, "_owned_fields") else set())

    def _erase_texts(self, documents):
        """Blank every text of ``documents`` that is not named as kept, past the guards made for people."""
        kept = self._kept_texts_of(documents)
        columns = [
            field
            for field in documents._fields.values()
            if field.store and field.column_type and field.type in WORDS and field.name not in kept
        ]
        if not (columns and documents):
            return
        self.env.flush_all()
        blank = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(field.name), _blank_of(field)) for field in columns
        )
        self.env.cr.execute(
            SQL("UPDATE %s SET %s WHERE id = ANY(%s)", SQL.identifier(documents._table), blank, documents.ids)
        )
        self.env.invalidate_all()

    def _blank_person(self):
        """The other customers whom the fault concerned, and what the workshop was told, go too."""
        super()._blank_person()
        persons = self.affected_ids.filtered(lambda row: not row.partner_id.is_company)
        persons._forget_customer()
        self.repair_ids.internal_notes = False


class AftersalesAffectedCustomer(models.Model):
    """That somebody was informed stays and is counted; who it was is forgotten."""

    _inherit = "aftersales.affected.customer"

    partner_id = fields.Many2one(required=False)

    def _forget_customer(self):
        self.write({"partner_id": False, "lot_ids": [Command.clear()]})

    @api.model
    def _erase_affected(self, partner):
        """A person who asks for erasure is no affected customer of anybody else's ticket any more."""
        rows = self.sudo()  # sudo: called after the right to erase was checked
        rows.search([("partner_id", "child_of", partner.ids)])._forget_customer()


class AftersalesWarrantyCard(models.Model):
    """A card outlasts a ticket: it is a promise to its holder. What was written about the holder goes."""

    _inherit = "aftersales.warranty.card"

    def _erase_personal_data(self):
        """Blank reasons and messages; the holder goes from cards that are over, dates and ledger stay."""
        if not self:
            return
        cards = self.sudo()  # sudo: called after the right to erase was checked
        self.env["aftersales.ticket"]._erase_texts(cards.entry_ids)
        erase_correspondence(cards)
        over = cards.filtered(lambda card: card.state in ("expired", "void"))
        over.partner_id = False


def _ways(above, model):
    """Domains by which records of ``model`` refer to ``above``: by a field, or as rows of the document."""
    for field in model._fields.values():
        refers = field.type == "many2one" and field.comodel_name == above._name
        if refers and field.store and not field.related:
            yield [(field.name, "in", above.ids)]
    if {"res_model", "res_id"} <= set(model._fields):
        yield [("res_model", "=", above._name), ("res_id", "in", above.ids)]


def _is_ours(model):
    return model._name.startswith("aftersales.") and model._auto and not (model._abstract or model._transient)


def _blank_of(field):
    """What the column holds afterwards; a document that needs a text keeps a dash."""
    if not field.required:
        return SQL("NULL")
    if field.translate:
        return SQL("jsonb_build_object('en_US', %s)", NO_TEXT)
    return SQL("'{}'::jsonb") if field.type == "json" else SQL("%s", NO_TEXT)
