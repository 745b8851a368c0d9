from odoo import api, fields, models
from odoo.tools import SQL

from ..policy import search_text, suggestion


class AftersalesTicket(models.Model):
    """What a request probably is, told from closed ones that sounded alike (DISP-35)."""

    _inherit = "aftersales.ticket"

    search_words = fields.Text(
        "Words to search by", compute="_compute_search_words", store=True, exportable=False
    )
    suggested_category_id = fields.Many2one(
        "aftersales.ticket.category", "Probably", compute="_compute_suggestion"
    )
    suggested_team_id = fields.Many2one("aftersales.team", "Team for it", compute="_compute_suggestion")
    suggestion_reason = fields.Char("Why suggested", compute="_compute_suggestion")

    def init(self):
        """The words of ended tickets with a category, which are the ones that teach."""
        super().init()
        self.env.cr.execute(
            """ALTER TABLE aftersales_ticket
                 ADD COLUMN IF NOT EXISTS search_vector tsvector GENERATED ALWAYS AS
                     (array_to_tsvector(string_to_array(search_words, ' '))) STORED"""
        )
        self.env.cr.execute(
            """CREATE INDEX IF NOT EXISTS aftersales_ticket_by_words_idx
                   ON aftersales_ticket USING gin (search_vector)
                WHERE state IN ('resolved', 'closed')"""
        )

    @api.depends("title", "description")
    def _compute_search_words(self):
        for ticket in self:
            text = " ".join(filter(None, [ticket.title, ticket.description]))
            ticket.search_words = " ".join(search_text.words(text)[: search_text.MAX_WORDS]) or False

    @api.depends("title", "description", "category_id", "team_id", "state")
    @api.depends_context("lang")
    def _compute_suggestion(self):
        """One query for each form that shows it; nothing where a person has chosen already."""
        for ticket in self:
            near = ticket._neighbours() if ticket._wants_suggestion() else []
            category = suggestion.suggest(near, "category_id")
            team = suggestion.suggest(near, "team_id")
            team = team if team and team.value != ticket.team_id.id else None
            ticket.suggested_category_id = category and category.value
            ticket.suggested_team_id = team and team.value
            ticket.suggestion_reason = ticket._suggestion_text(category or team)

    def _wants_suggestion(self):
        return self.state in ("new", "assigned", "accepted") and not self.category_id

    def _suggestion_text(self, found):
        if not found:
            return False
        # sudo: the numbers of tickets that taught it
        named = self.sudo().browse(found.ticket_ids[:3]).mapped("name")
        return self.env._(
            "%(votes)s of %(all)s closed tickets that sound alike: %(tickets)s",
            votes=found.votes,
            all=found.of,
            tickets=", ".join(named),
        )

    def _neighbours(self):
        """Ended tickets of the company whose words are most alike, the best first; by the index."""
        wanted = search_text.query(" ".join(filter(None, [self.title, self.description])))
        if not wanted:
            return []
        self.flush_model(["search_words", "state", "category_id", "team_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id, category_id, team_id, ts_rank(search_vector, %(wanted)s::tsquery) AS score
                     FROM aftersales_ticket
                    WHERE search_vector @@ %(wanted)s::tsquery AND state IN ('resolved', 'closed')
                      AND company_id = %(company)s AND id <> %(itself)s
                    ORDER BY score DESC, id DESC LIMIT %(limit)s""",
                wanted=wanted,
                company=self.company_id.id or self.env.company.id,
                itself=self._origin.id or 0,
                limit=suggestion.NEIGHBOURS,
            )
        )
        return [suggestion.Neighbour(*row) for row in rows]

    def action_use_suggestion(self):
        """Take over what was suggested; a click, never by itself."""
        for ticket in self:
            taken = {}
            if ticket.suggested_category_id:
                taken["category_id"] = ticket.suggested_category_id.id
            if ticket.suggested_team_id and ticket.state == "new":
                taken["team_id"] = ticket.suggested_team_id.id
            reason = ticket.suggestion_reason
            if taken:
                ticket.write(taken)
                ticket._message_log(body=self.env._("Suggestion taken: %s.", reason))
        return True
