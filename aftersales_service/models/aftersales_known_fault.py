from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

from ..policy import search_text

#: how alike a misspelt word must be; 0.6 is the threshold of PostgreSQL itself and misses transposed letters
WORD_SIMILARITY = 0.5

#: what a fault of the same product and of the same category is worth beside the words
SAME_PRODUCT, SAME_CATEGORY = 0.5, 0.2


class AftersalesKnownFault(models.Model):
    """Symptom → cause → solution, from cases that were solved before (DIAG-10)."""

    _name = "aftersales.known.fault"
    _description = "Known fault"
    _order = "name"

    name = fields.Char("Symptom", required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", index="btree_not_null", ondelete="restrict"
    )
    category_id = fields.Many2one("aftersales.ticket.category", ondelete="restrict")
    symptom_id = fields.Many2one("aftersales.symptom", "Symptom code")
    cause_id = fields.Many2one("aftersales.cause", required=True)
    resolution_id = fields.Many2one("aftersales.resolution", "Resolution code")
    keywords = fields.Char(
        translate=True, help="Other words by which customers describe it; they are searched too."
    )
    questions = fields.Text(
        "Ask first", translate=True, help="Questions that tell this fault from others on the telephone."
    )
    solution = fields.Html(translate=True)
    video_url = fields.Char("Video", help="A film that shows the customer what to do.")
    document_ids = fields.Many2many(
        "ir.attachment", string="Manuals", help="Sent to the customer as instructions (SOLN-06)."
    )
    use_count = fields.Integer("Used", compute="_compute_use_count")
    # Words of all languages, in pairs of characters where the script is Chinese (policy/search_text.py). The
    # trigram index is for misspelt words, and is left out by Odoo where the extension is not installed.
    search_words = fields.Text("Search words", compute="_compute_search_words", store=True, index="trigram")
    about = fields.Char(
        "Described as",
        store=False,
        search="_search_about",
        help="Search by what the customer says, in Chinese too; the best match comes first.",
    )

    def init(self):
        """The text vector beside ``search_words``: built from finished words, no parser takes them apart.

        PostgreSQL's own parser drops Chinese in some locales and never cuts it into words.
        """
        self.env.cr.execute(
            """ALTER TABLE aftersales_known_fault
                 ADD COLUMN IF NOT EXISTS search_vector tsvector GENERATED ALWAYS AS
                     (array_to_tsvector(string_to_array(search_words, ' '))) STORED"""
        )
        self.env.cr.execute(
            """CREATE INDEX IF NOT EXISTS aftersales_known_fault_by_symptom_idx
                   ON aftersales_known_fault USING gin (search_vector)"""
        )

    # === COMPUTE METHODS === #

    @api.depends("name", "keywords")
    def _compute_search_words(self):
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for fault in self:
            texts = []
            for lang in languages:
                spoken = fault.with_context(lang=lang)
                texts += [spoken.name or "", spoken.keywords or ""]
            fault.search_words = " ".join(search_text.words(" ".join(texts)))

    def _compute_use_count(self):
        # sudo: how often it helped counts, on whosever tickets
        counted = dict(
            self.env["aftersales.ticket"]
            .sudo()
            ._read_group([("known_fault_id", "in", self.ids)], ["known_fault_id"], ["__count"])
        )
        for fault in self:
            fault.use_count = counted.get(fault, 0)

    @api.model
    def _search_about(self, operator, value):
        if operator not in ("=", "ilike", "like") or not isinstance(value, str):
            return NotImplemented
        return [("id", "in", self._candidates(value, limit=100).ids)]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        faults = super().create(vals_list)
        self.env["ir.attachment"]._aftersales_adopt(faults, "document_ids")
        return faults

    def write(self, vals):
        result = super().write(vals)
        if "document_ids" in vals:
            self.env["ir.attachment"]._aftersales_adopt(self, "document_ids")
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _candidates(self, text, product=None, category=None, limit=8):
        """Known faults that fit ``text``, the best first; one statement (DIAG-10).

        :param text: what the customer says, in any installed language
        :param product: product.template whose own faults go before others'
        :param category: aftersales.ticket.category, likewise
        """
        wanted, latin = search_text.query(text), search_text.latin_words(text)
        if not wanted:
            return self.browse()
        self.flush_model(["search_words"])
        found = self._search([], limit=limit)
        column = SQL.identifier(found.table, "search_words")
        vector = SQL.identifier(found.table, "search_vector")
        by_word = SQL("%s @@ %s::tsquery", vector, wanted)
        score = SQL("ts_rank(%s, %s::tsquery)", vector, wanted)
        if latin and self.env.registry.has_trigram:
            alike = [SQL("word_similarity(%s, %s)", word, column) for word in latin]
            best = SQL("GREATEST(%s)", SQL(", ").join(alike))
            by_word = SQL("(%s OR %s >= %s)", by_word, best, WORD_SIMILARITY)
            score = SQL("%s + %s / 10", score, SQL(" + ").join(alike))
        found.add_where(by_word)
        ranking = self._score_of(found.table, score, product, category)
        found.order = SQL("%s DESC, %s", ranking, SQL.identifier(found.table, "id"))
        return self.browse(row[0] for row in self.env.execute_query(found.select()))

    def _score_of(self, table, score, product, category):
        """Words first; a fault of this very product or category goes before an equally described one."""
        same_product = SQL(
            "(CASE WHEN %s = %s THEN %s ELSE 0 END)",
            SQL.identifier(table, "product_tmpl_id"),
            product.id if product else 0,
            SAME_PRODUCT,
        )
        same_category = SQL(
            "(CASE WHEN %s = %s THEN %s ELSE 0 END)",
            SQL.identifier(table, "category_id"),
            category.id if category else 0,
            SAME_CATEGORY,
        )
        return SQL("(%s) * (1 + %s + %s)", score, same_product, same_category)

    def action_use_for_ticket(self):
        """Take cause and solution over to the ticket that the context names."""
        self.ensure_one()
        ticket = self.env["aftersales.ticket"].browse(self.env.context.get("aftersales_ticket_id")).exists()
        if not ticket:
            raise UserError(self.env._("Save the ticket first, then take over what is known."))
        ticket._use_known_fault(self)
        return True

    def _solution_text(self):
        return html2plaintext(self.solution or "").strip()
