from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..policy import verdict
from .bulk_insert import bulk_insert


class VerdictPage:
    """Verdicts on their way into the log, of one policy or of several that answer one after the other; they
    are written in one statement. Whoever judges does not look for them in the log before that.
    """

    def __init__(self):
        self.rows, self.rule_sets, self.documents = [], {}, []

    def add(self, documents, rows, rule_set):
        """:param rule_set: {(kind, version): the rows in force as ``verdict.kept`` writes them}"""
        self.documents.append(documents)
        self.rows += rows
        if rows:
            self.rule_sets |= rule_set

    def keep(self, env):
        keeping = self.rule_sets and env["aftersales.rule.set"]._keeping(self.rule_sets)
        # sudo: nobody may write verdicts but this; the document's own methods have checked the rest
        bulk_insert(env["aftersales.verdict"].sudo(), self.rows, along=keeping)
        for documents in self.documents:
            documents.invalidate_recordset(["verdict_ids", "why"])


class AftersalesVerdictMixin(models.AbstractModel):
    """A document whose answers come from policies and are kept with their reasons."""

    _name = "aftersales.verdict.mixin"
    _description = "Document with verdicts"

    verdict_ids = fields.One2many(
        "aftersales.verdict",
        "res_id",
        string="Verdicts",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        bypass_search_access=True,
    )
    why = fields.Json("Why?", compute="_compute_why")

    @api.depends("verdict_ids")
    @api.depends_context("lang", "tz")
    def _compute_why(self):
        # sudo: whoever reads the document reads its verdicts (same rule as aftersales.attached.mixin)
        latest = self.sudo()._latest_verdicts()
        kinds = dict(self.env["aftersales.verdict"]._fields["kind"]._description_selection(self.env))
        for document in self:
            document.why = [
                document._why_row(row, kinds) for row in latest.get(document._origin.id, {}).values()
            ]

    def _why_row(self, row, kinds):
        """One verdict as the widget shows it; shapes are read in static/src/why.js."""
        return {
            "id": row.id,
            "kind": row.kind,
            "title": kinds.get(row.kind, row.kind),
            "outcome": row.outcome,
            "label": row.outcome_label,
            "date": fields.Datetime.to_string(row.create_date),
            "version": row.version,
            "overridden": bool(row.overridden_by_id),
            "clauses": row.explanation,
        }

    def _latest_verdicts(self, kind=None):
        """{document id: {kind: latest verdict}} in the order in which the kinds were first judged."""
        domain = [("res_model", "=", self._name), ("res_id", "in", self._origin.ids)]
        domain += [("kind", "=", kind)] if kind else []
        rows = self.env["aftersales.verdict"]
        columns = [name for name, field in rows._fields.items() if field.store and field.column_type]
        latest = {}
        for row in rows.search_fetch(domain, columns, order="id"):
            latest.setdefault(row.res_id, {})[row.kind] = row
        return latest

    def _verdict_of(self, kind):
        """{document: its latest verdict of ``kind``}; a document without one is left out."""
        # sudo: the documents are at hand, so their verdicts may be read
        latest = self.sudo()._latest_verdicts(kind)
        return {document: latest[document.id][kind] for document in self if document.id in latest}

    def _public_reasons(self):
        """{document id: why, with the clauses a customer may read}, for the portal."""
        return {
            document.id: [
                {**row, "clauses": [c for c in row["clauses"] if c["public"] and c["matched"]]}
                for row in document.why or []
            ]
            for document in self
        }

    def _judge(self, kind, facts, page=None):
        """Judge and keep the verdicts of several documents.

        A verdict equal to the last one of its kind is not kept twice. What a person has decided otherwise
        stands as long as its grounds do: the same answer by the same clauses with the same values. Facts that
        none of them used change nothing; where the grounds change, whoever decided is told.

        :param facts: {document: facts of the policy's class}
        :param page: a VerdictPage that the caller writes when all of its policies have answered
        :return: {document: verdict.Verdict}
        """
        policy = self.env["aftersales.verdict"]._policies()[kind]
        answers = {}
        for company, documents in self._by_company(facts):
            rules, version, kept = self._rules_of(policy, company)
            judge = verdict.once(partial(_judged, policy.module, rules))
            judged = {doc: judge(facts[doc]) for doc in documents}
            rule_set = {(kind, version): kept} if kept else {}
            own = VerdictPage() if page is None else page
            answers.update(self._keep_verdicts(kind, judged, version, rule_set, own))
            if page is None:
                own.keep(self.env)
        return answers

    @api.model
    def _rules_of(self, policy, company):
        """(rules of the policy, their version, how they are kept); a policy may have none."""
        code = policy.module.VERSION
        if not policy.rules_model:
            return (), verdict.version(code, ()), ""
        return self.env[policy.rules_model]._policy_rules(company, code)

    def _by_company(self, documents):
        companies = {}
        for document in documents:
            company = document.company_id if "company_id" in document._fields else self.env.company
            companies.setdefault(company or self.env.company, []).append(document)
        return companies.items()

    def _keep_verdicts(self, kind, judged, version, rule_set, page):
        """Put what is new on the page; return {document: the verdict that stands}.

        :param judged: {document: (verdict, its values as the log keeps them)}
        """
        documents = self.browse([document.id for document in judged])
        # sudo: as in VerdictPage.keep
        last = documents.sudo()._latest_verdicts(kind) if documents._may_be_judged(kind) else {}
        rows, standing = [], {}
        for document, (answer, plain) in judged.items():
            standing[document] = answer
            row = {**document._verdict_vals(kind, version), **plain}
            before = last.get(document.id, {}).get(kind)
            known = before and before._is_about(row["facts"], row["version"])
            if before and before.overridden_by_id and (known or before._has_grounds(answer)):
                standing[document] = before._as_verdict()
                rows += [] if known else [before._carried_vals(row)]
            elif not known:
                rows.append(row)
                if before and before.overridden_by_id:
                    document._tell_override_fell(before)
        page.add(documents, rows, rule_set)
        return standing

    def _may_be_judged(self, kind):
        """Whether a verdict of that kind may exist; a document often knows without a look at the log."""
        return True

    def _tell_override_fell(self, row):
        """The document's log says so, and whoever had decided gets a message."""
        if not hasattr(self, "message_post"):
            return
        kinds = dict(row._fields["kind"]._description_selection(self.env))
        # sudo: the message is the system's, whoever entered the new fact
        self.sudo().message_post(
            body=self.env._(
                "%(kind)s: the decision '%(outcome)s' of %(user)s no longer stands, for what it was based on "
                "has changed. It was judged again.",
                kind=kinds.get(row.kind, row.kind),
                outcome=row.outcome_label,
                user=row.overridden_by_id.name,
            ),
            partner_ids=row.overridden_by_id.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _verdict_vals(self, kind, version):
        return {
            "res_model": self._name,
            "res_id": self.id,
            "company_id": "company_id" in self._fields and self.company_id.id,
            "kind": kind,
            "version": version,
            "overridden_by_id": False,
            "override_reason": False,
        }

    def _override_verdict(self, kind, outcome, reason, values=None):
        """A supervisor decides otherwise, with a reason; the override is one more clause.

        :return: {document: the overriding verdict row}
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("aftersales_service.group_supervisor"):
            raise AccessError(self.env._("Only a supervisor may override a verdict."))
        if not (reason or "").strip():
            raise UserError(
                self.env._("Give the reason for deciding otherwise; it is kept with the verdict.")
            )
        rows = []
        latest = self._verdict_of(kind)
        for document in self:
            row = latest.get(document)
            if not row:
                raise UserError(
                    self.env._("%s has no verdict of that kind to override yet.", document.display_name)
                )
            rows.append(row._override_vals(outcome, reason, values))
        # sudo: as in VerdictPage.keep; the right was checked above
        created = self.env["aftersales.verdict"].sudo().create(rows)
        self.invalidate_recordset(["verdict_ids", "why"])
        return dict(zip(self, created, strict=True))

    def _refuse_what_stands(self, kind, outcome):
        """Deciding otherwise means another outcome; a second row of the same would only hide the first."""
        rows = self._verdict_of(kind)
        same = self.filtered(lambda document: document in rows and rows[document].outcome == outcome)
        if same:
            raise UserError(
                self.env._(
                    "“%(outcome)s” stands already on %(documents)s. Choose another outcome, or leave it as "
                    "it is.",
                    outcome=rows[same[0]].outcome_label,
                    documents=", ".join(same.mapped("display_name")),
                )
            )

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        # sudo: a document's verdicts go with it
        self.env["aftersales.verdict"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", ids)]
        ).unlink()
        return result


def _judged(policy, rules, facts):
    """(verdict, its values as the log keeps them) of a policy on ``facts``."""
    answer = policy.judge(facts, rules)
    plain = {
        "outcome": answer.outcome,
        "facts": verdict.to_plain(facts),
        "clauses": [verdict.to_plain(clause) for clause in answer.clauses],
        "outcome_values": verdict.to_plain(answer.values),
    }
    return answer, plain
