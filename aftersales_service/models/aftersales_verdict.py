import logging
import re
from types import ModuleType
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, format_date, sql

from ..policy import verdict

_logger = logging.getLogger(__name__)

#: a date as facts and clauses hold it
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Policy(NamedTuple):
    """A policy as the log knows it.

    ``module``       has VERSION and judge(facts, rules)
    ``facts``        its dataclass
    ``rules_model``  the model whose rows it judges by, or None
    """

    module: ModuleType
    facts: type
    rules_model: str | None = None


class AftersalesRuleSet(models.Model):
    """The rows that were in force, kept once for each hash, so that a verdict can be judged again.

    Two requests that are the first after a change may keep them at the same moment. Neither of them is thrown
    away for that: the rows are equal, and the second copy goes with the nightly cleaning.
    """

    _name = "aftersales.rule.set"
    _description = "Rule rows in force"
    _rec_name = "version"

    version = fields.Char(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    rows = fields.Json(required=True, readonly=True)

    # not unique: an index cannot be asked for what another transaction has not committed yet
    _version_idx = models.Index("(kind, version, id)")

    def init(self):
        super().init()
        sql.drop_index(self.env.cr, f"{self._table}_version_uniq", self._table)

    @api.model
    def _keeping(self, rule_sets):
        """The statement that keeps the rows of each version unless they are kept already; it waits for nobody
        who does the same.

        :param rule_sets: {(kind, version): the rows as ``verdict.kept`` writes them}
        """
        wanted = [SQL("(%s, %s, %s::jsonb)", *key, rules) for key, rules in rule_sets.items()]
        return SQL(
            """INSERT INTO aftersales_rule_set (kind, version, rows, create_uid, create_date)
               SELECT kind, version, rows, %s, now() AT TIME ZONE 'UTC'
                 FROM (VALUES %s) AS wanted(kind, version, rows)
                WHERE NOT EXISTS (SELECT FROM aftersales_rule_set AS kept
                                   WHERE kept.kind = wanted.kind AND kept.version = wanted.version)""",
            self.env.uid,
            SQL(", ").join(wanted),
        )

    @api.autovacuum
    def _gc_second_copies(self):
        """What was kept twice at the same moment is kept once from then on."""
        self.env.cr.execute(
            """DELETE FROM aftersales_rule_set AS copy USING aftersales_rule_set AS kept
                WHERE kept.kind = copy.kind AND kept.version = copy.version AND kept.id < copy.id"""
        )


class AftersalesVerdict(models.Model):
    """An answer of a policy with its facts and clauses. Written by ``_judge`` alone, never changed."""

    _name = "aftersales.verdict"
    _description = "Verdict"
    _inherit = "aftersales.attached.mixin"
    _order = "id desc"
    _rec_name = "outcome"

    kind = fields.Selection([], required=True, readonly=True)
    outcome = fields.Char(required=True, readonly=True)
    facts = fields.Json(required=True, readonly=True)
    clauses = fields.Json(readonly=True)
    outcome_values = fields.Json("Values", readonly=True)
    version = fields.Char(required=True, readonly=True)
    overridden_by_id = fields.Many2one("res.users", "Overridden by", readonly=True)
    override_reason = fields.Char("Override reason", readonly=True)
    outcome_label = fields.Char("Outcome label", compute="_compute_outcome_label")
    explanation = fields.Json(compute="_compute_explanation")

    # "Why?" of a document: its verdicts, latest first
    _document_idx = models.Index("(res_model, res_id, kind, id DESC)")

    @api.model
    def _policies(self):
        """{kind: Policy}. Addons add their own."""
        return {}

    @api.depends("kind", "outcome")
    @api.depends_context("lang")
    def _compute_outcome_label(self):
        for row in self:
            row.outcome_label = row._label(row.outcome)

    def _label(self, outcome):
        return self.env["aftersales.clause"]._text_of(f"{self.kind}:{outcome}") or outcome

    @api.depends("clauses")
    @api.depends_context("lang")
    def _compute_explanation(self):
        texts = self._table_texts()
        for row in self:
            row.explanation = [row._explain(clause, texts) for clause in row.clauses or []]

    def _table_texts(self):
        """{code: sentence} of every clause that is a row of a rule table; one query a table."""
        texts, policies = {}, self._policies()
        for kind, rows in self.grouped("kind").items():
            model = kind in policies and policies[kind].rules_model
            if model:
                codes = {clause["code"] for row in rows for clause in row.clauses or []}
                texts.update(self.env[model]._clause_texts(codes))
        return texts

    def _explain(self, clause, texts):
        """The clause with its sentence, as the widget shows it."""
        text = texts.get(clause["code"]) or self.env["aftersales.clause"]._text_of(clause["code"])
        return {**clause, "text": self._fill(text or clause["code"], clause["params"])}

    def _fill(self, text, params):
        labels = {name: self._value_text(value) for name, value in params.items()}
        if self.overridden_by_id:
            labels.setdefault("user", self.sudo().overridden_by_id.name)  # sudo: a name, for the reader
            labels.setdefault("reason", self.override_reason or "")
            labels.update({name: self._label(labels[name]) for name in ("before", "after") if name in labels})
        try:
            return text % labels
        except (KeyError, ValueError, TypeError):
            _logger.warning("Clause text %r does not fit its values %r", text, params)
            return text

    def _value_text(self, value):
        """A value of a clause as the reader writes it: dates in words, codes by their label."""
        if value is None:
            return "–"
        if isinstance(value, str) and DATE.fullmatch(value):
            return format_date(self.env, value, date_format="medium")
        return self.env["aftersales.clause"]._text_of(f"value:{value}") or value

    def _rules(self):
        """The rows the verdict was judged by, as its policy's row class."""
        self.ensure_one()
        policy = self._policies()[self.kind]
        if not policy.rules_model:
            return ()
        # sudo: rule sets have no rights of their own, the verdict has been checked
        kept = (
            self.env["aftersales.rule.set"]
            .sudo()
            .search([("kind", "=", self.kind), ("version", "=", self.version)], order="id", limit=1)
        )
        row_class = self.env[policy.rules_model]._row_class
        return tuple(verdict.from_plain(row_class, row) for row in kept.rows or ())

    def _replay(self):
        """Judge again from the kept facts and rows; ``None`` where the code of that version is gone."""
        self.ensure_one()
        policy = self._policies().get(self.kind)
        if policy is None or self.version.split("/")[0] != policy.module.VERSION:
            return None
        return policy.module.judge(verdict.from_plain(policy.facts, self.facts), self._rules())

    def _is_about(self, facts, version):
        """Whether this is the answer to ``facts`` (plain) under ``version``.

        A question that the policy asks only since then counts with its default: what a person has decided
        otherwise is not undone by an update.
        """
        if self.version != version:
            return False
        if self.facts.keys() < facts.keys():
            kind = self._policies()[self.kind].facts
            return verdict.to_plain(verdict.from_plain(kind, self.facts)) == facts
        return self.facts == facts

    def _has_grounds(self, answer):
        """Whether ``answer`` is what a person decided otherwise about: same outcome, by the same clauses."""
        clauses = [verdict.from_plain(verdict.Clause, clause) for clause in self.clauses or []]
        judged = [clause for clause in clauses if clause.code != verdict.OVERRIDE]
        decided = next((clause for clause in clauses if clause.code == verdict.OVERRIDE), None)
        before = decided and decided.params.get("before")
        return before == answer.outcome and self._grounds(judged) == self._grounds(answer.clauses)

    def _grounds(self, clauses):
        """What an answer rests on: the clauses that applied, with the values they used."""
        return [(clause.code, verdict.to_plain(clause.params)) for clause in clauses if clause.matched]

    def _carried_vals(self, row):
        """Values of the row by which the decision goes on under the facts of ``row``."""
        added = [clause for clause in self.clauses if clause["code"] == verdict.OVERRIDE]
        return {
            **row,
            "outcome": self.outcome,
            "clauses": [*row["clauses"], *added],
            "outcome_values": self.outcome_values,
            "overridden_by_id": self.overridden_by_id.id,
            "override_reason": self.override_reason,
        }

    def _as_verdict(self):
        clauses = tuple(verdict.from_plain(verdict.Clause, clause) for clause in self.clauses or [])
        return verdict.Verdict(self.outcome, clauses, self.outcome_values or {})

    def _override_vals(self, outcome, reason, values):
        """Values of the row that overrides this one by decision of the current user."""
        clause = verdict.Clause(verdict.OVERRIDE, params={"before": self.outcome, "after": outcome})
        return {
            "res_model": self.res_model,
            "res_id": self.res_id,
            "company_id": self.company_id.id,
            "kind": self.kind,
            "outcome": outcome,
            "facts": self.facts,
            "clauses": [*(self.clauses or []), verdict.to_plain(clause)],
            "outcome_values": {**(self.outcome_values or {}), **verdict.to_plain(values or {})},
            "version": self.version,
            "overridden_by_id": self.env.uid,
            "override_reason": reason.strip(),
        }
