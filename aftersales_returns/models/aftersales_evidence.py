"""Evidence of a return: what came in, from whom and when, bound in a chain that shows every change.

A row is made when a file, a message, a signature or a statement is added to a return, to what belongs to
it, or to its ticket. How the chain holds is policy/dossier.py of the kernel's addon.
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, html2plaintext

from odoo.addons.aftersales_service.policy import archive, dossier

# Proof that a row is written by the code below. An object: no client can send it.
_OWN_WRITE = object()

#: messages that say something; what the system logs is no evidence
TALK = ("comment", "email", "email_outgoing")
KINDS = [
    ("file", "File"),
    ("message", "Message"),
    ("signature", "Signature"),
    ("statement", "Statement"),
]
STATUSES = [
    (dossier.SAME, "Unchanged"),
    (dossier.CHANGED, "Changed"),
    (dossier.MISSING, "Missing"),
    (dossier.ERASED, "Erased with personal data"),
    (dossier.ALTERED, "Index altered"),
    (dossier.MISPLACED, "Index reordered"),
]


class Speaker:
    """Who brings a file: the author of the message it comes with, not who runs the request."""

    def __init__(self, name):
        self.name = name


class AftersalesEvidence(models.Model):
    """One piece of evidence in its place in the chain; rows are added and never changed."""

    _name = "aftersales.evidence"
    _description = "Evidence"
    _order = "rma_id, number"
    _rec_name = "label"

    rma_id = fields.Many2one(
        "aftersales.rma", "Return", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rma_id.company_id", store=True)
    number = fields.Integer("No.", required=True, readonly=True, aggregator=None)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    source_model = fields.Char("Kind of record", required=True, readonly=True)
    source_id = fields.Many2oneReference("Record", model_field="source_model", required=True, readonly=True)
    part_model = fields.Char(
        "Lies on", required=True, readonly=True, help="Model of the document it was added to."
    )
    part_name = fields.Char("Added to", readonly=True)
    label = fields.Char("Title", readonly=True)
    author = fields.Char(readonly=True)
    at = fields.Datetime("Came in", required=True, readonly=True)
    size = fields.Integer("Bytes", readonly=True, aggregator=None)
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    told = fields.Char("Hash of title and author", required=True, readonly=True)
    salt = fields.Char(readonly=True, groups="base.group_system")
    link = fields.Char(required=True, readonly=True, help="Binds the row to the one before.")
    is_erased = fields.Boolean("Erased", readonly=True)
    status = fields.Selection(STATUSES, "At the last check", readonly=True)

    _number_uniq = models.UniqueIndex("(rma_id, number)", "That place in the dossier is taken.")
    _source_uniq = models.UniqueIndex(
        "(source_id, source_model, rma_id)", "That piece of evidence is in the dossier."
    )

    # === APPEND ONLY === #

    def write(self, vals):
        if self.env.context.get("aftersales_evidence_write") is not _OWN_WRITE:
            raise AccessError(self.env._("Evidence is added, never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Evidence is added, never taken away."))

    def _write_own(self, vals):
        return self.with_context(aftersales_evidence_write=_OWN_WRITE).write(vals)

    # === WHAT IS EVIDENCE === #

    @api.model
    def _part_models(self):
        """Models whose files, messages and signatures are evidence: {model: path to the returns}."""
        return {
            "aftersales.rma": "",
            "aftersales.inspection": "rma_id",
            "aftersales.ticket": "rma_ids",
            "aftersales.visit": "ticket_id.rma_ids",
        }

    @api.model
    def _signatures(self):
        """(model, field) of pictures that are signatures."""
        return {("aftersales.visit", "signature")}

    @api.model
    def _returns_of(self, part):
        """Returns whose dossier a document belongs to."""
        path = self._part_models()[part._name]
        return part.mapped(path) if path else part

    @api.model
    def _take_files(self, files):
        """Files that were just added, wherever they lie."""
        by_model = files.sudo().filtered("res_id").grouped("res_model")  # sudo: only what it is and where
        for res_model in by_model.keys() & self._part_models().keys():
            group = by_model[res_model].filtered(
                lambda file, res_model=res_model: (
                    file.type == "binary"
                    and (not file.res_field or (res_model, file.res_field) in self._signatures())
                )
            )
            self._take(group, res_model, lambda file: file.res_id)

    @api.model
    def _take_messages(self, messages):
        """What was said, without notes among colleagues."""
        said = messages.sudo().filtered(  # sudo: as above
            lambda message: message.message_type in TALK and not message.is_internal
        )
        by_model = said.grouped("model")
        for model in by_model.keys() & self._part_models().keys():
            self._take(by_model[model], model, lambda message: message.res_id)

    @api.model
    def _take(self, sources, part_model, id_of):
        """Add ``sources`` to the dossiers of the returns that their documents belong to."""
        if not sources:
            return
        # sudo: the chain follows from what was added, which was allowed; nobody writes it by hand
        parts = self.env[part_model].sudo().browse({id_of(source) for source in sources}).exists()
        found = {}
        for part in parts:
            for rma in self._returns_of(part):
                rows = found.setdefault(rma, [])
                rows += [(source, part) for source in sources if id_of(source) == part.id]
        for rma, rows in found.items():
            rma._append_evidence(rows)

    @api.model
    def _collect(self, parts):
        """Take in what lies already on documents that now belong to a return: its ticket, a parcel."""
        if not parts:
            return
        lying = [("res_model", "=", parts._name), ("res_id", "in", parts.ids)]
        said = [("model", "=", parts._name), ("res_id", "in", parts.ids), ("message_type", "in", TALK)]
        # sudo: see _take
        self._take_files(self.env["ir.attachment"].sudo().search(lying, order="id"))
        self._take_messages(self.env["mail.message"].sudo().search(said, order="id"))  # sudo: as above

    @api.model
    def _describe(self, source, part):
        """Values of the row of one source; content is hashed as it is now."""
        kind, label, author, content = getattr(self, f"_describe_{source._table}")(source)
        return {
            "kind": kind,
            "source_model": source._name,
            "source_id": source.id,
            "part_model": part._name,
            "part_name": part.display_name,
            "label": (label or "")[:120],
            "author": author or "",
            "size": len(content),
            "sha256": archive.digest(content),
        }

    def _describe_ir_attachment(self, file):
        speaker = self.env.context.get("aftersales_speaker")
        author = speaker.name if isinstance(speaker, Speaker) else file.create_uid.name
        kind = "signature" if file.res_field else "file"
        return kind, file.name, author, self._content(file)

    def _describe_mail_message(self, message):
        label = message.subject or html2plaintext(message.body or "")[:60]
        return "message", label, message.author_id.name or message.email_from, self._content(message)

    @api.model
    def _content(self, source):
        """Bytes of a source as they are now."""
        return getattr(self, f"_content_{source._table}")(source)

    def _content_ir_attachment(self, file):
        return file.with_context(bin_size=False).raw or b""

    def _content_mail_message(self, message):
        return (message.body or "").encode()

    # === READING === #

    def _links(self):
        """The rows as the policy checks them; title and author as they stand there now."""
        return [
            dossier.Link(
                kind=row.kind,
                source=row._source(),
                sha256=row.sha256,
                told=row.told
                if row.is_erased
                else dossier.told_of(row.label or "", row.author or "", row.salt),
                at=fields.Datetime.to_string(row.at),
                number=row.number,
                link=row.link,
            )
            for row in self.sudo().sorted("number")  # sudo: the salt is for nobody to read
        ]

    def _source(self):
        return f"{self.source_model},{self.source_id}"

    def _sources(self):
        """Records behind the rows that still exist, in their order."""
        for row in self:
            # sudo: evidence of a return is read by whoever may read the return
            source = self.env[row.source_model].sudo().browse(row.source_id).exists()
            if source:
                yield row, source

    def _present(self):
        """{source: SHA-256 now} of what still exists."""
        return {row._source(): archive.digest(self._content(source)) for row, source in self._sources()}

    def action_open_source(self):
        """The file, or the document the rest lies on."""
        self.ensure_one()
        self.check_access("read")
        if self.source_model == "ir.attachment":
            url = f"/web/content/{self.source_id}?download=true"
            return {"type": "ir.actions.act_url", "url": url, "target": "new"}
        return self.rma_id._open()


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    evidence_ids = fields.One2many("aftersales.evidence", "rma_id", readonly=True)
    evidence_count = fields.Integer("Pieces of evidence", readonly=True, copy=False)
    evidence_head = fields.Char(
        "Seal of the dossier",
        readonly=True,
        copy=False,
        help="Hash of the last piece of evidence, which holds all before. It is printed on each dossier: "
        "compare it with a later one.",
    )
    evidence_verdict = fields.Selection(
        [
            (dossier.EMPTY, "No evidence yet"),
            (dossier.INTACT, "Complete and unchanged"),
            (dossier.BROKEN, "Changed afterwards"),
        ],
        "Dossier",
        readonly=True,
        copy=False,
    )
    evidence_checked_at = fields.Datetime("Checked on", readonly=True, copy=False)

    @api.model
    def _owned_fields(self):
        mine = {"evidence_count", "evidence_head", "evidence_verdict", "evidence_checked_at"}
        return super()._owned_fields() | mine

    # === ADDING === #

    def _append_evidence(self, rows):
        """Chain ``[(source, document it lies on)]`` to the dossier; what is in it already is left out."""
        self.ensure_one()
        known = set(self.evidence_ids.mapped(lambda row: (row.source_model, row.source_id)))
        fresh = [(source, part) for source, part in rows if (source._name, source.id) not in known]
        if not fresh:
            return
        self._lock_dossier()
        now = fields.Datetime.now()
        told = [self._evidence_vals(source, part, now) for source, part in fresh]
        papers = [
            dossier.Paper(
                vals["kind"],
                f"{vals['source_model']},{vals['source_id']}",
                vals["sha256"],
                vals["told"],
                fields.Datetime.to_string(now),
            )
            for vals in told
        ]
        links = dossier.extend(papers, self.evidence_head or dossier.START, self.evidence_count)
        self.env["aftersales.evidence"].sudo().create(  # sudo: see aftersales.evidence._take
            [
                {**vals, "number": link.number, "link": link.link}
                for vals, link in zip(told, links, strict=True)
            ]
        )
        head = {"evidence_head": dossier.head_of(links), "evidence_count": links[-1].number}
        self.sudo()._write_policy(head)  # sudo: as above

    def _evidence_vals(self, source, part, now):
        vals = self.env["aftersales.evidence"]._describe(source, part)
        salt = secrets.token_hex(16)
        told = dossier.told_of(vals["label"], vals["author"], salt)
        return {**vals, "rma_id": self.id, "at": now, "salt": salt, "told": told}

    def _lock_dossier(self):
        """Of two that add at the same moment, the second fails and is done again behind the first."""
        self.flush_recordset(["evidence_count", "evidence_head"])
        self.env.cr.execute(
            SQL(
                "UPDATE aftersales_rma SET evidence_count = COALESCE(evidence_count, 0) WHERE id = %s",
                self.id,
            )
        )
        self.invalidate_recordset(["evidence_count", "evidence_head"])

    @api.model_create_multi
    def create(self, vals_list):
        """On a ticket that was made for the return nothing lies yet."""
        returns = super().create(vals_list)
        named = {vals.get("ticket_id") for vals in vals_list} | {self.env.context.get("default_ticket_id")}
        known = self.env["aftersales.ticket"].browse(filter(None, named))
        self.env["aftersales.evidence"]._collect(known & returns.ticket_id)
        return returns

    def write(self, vals):
        result = super().write(vals)
        if vals.get("ticket_id"):
            self.env["aftersales.evidence"]._collect(self.ticket_id)
        return result

    def message_post(self, **kwargs):
        return super(AftersalesRma, self._speaking(kwargs)).message_post(**kwargs)

    def _speaking(self, kwargs):
        """``self``, with the author of a message as who brings its files."""
        return self.with_context(aftersales_speaker=speaker_of(self.env, kwargs))

    # === CHECKING === #

    def action_check_dossier(self):
        """Hold every paper and every link against what was chained, and keep the answer."""
        self.check_access("read")
        for rma in self:
            rma._check_dossier()
        if len(self) == 1:
            return self._dossier_told()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_dossier(self):
        """{source: status}; the verdict and each row's status are kept."""
        rows = self.evidence_ids.sorted("number")
        links = rows._links()
        broken = dossier.faults(links, self.evidence_head or dossier.START, self.evidence_count)
        erased = {row._source() for row in rows if row.is_erased}
        papers = dossier.statuses(links, rows._present(), erased)
        index = {number: code for number, code in broken if code != dossier.CUT}
        by_status = {}
        for row in rows:
            status = index.get(row.number) or papers[row._source()]
            by_status.setdefault(status, row.browse())
            by_status[status] |= row
        for status, group in by_status.items():
            group.sudo()._write_own({"status": status})  # sudo: the answer of the check, for any reader
        answer = dossier.verdict_of(links, broken, papers)
        # sudo: as above
        self.sudo()._write_policy({"evidence_verdict": answer, "evidence_checked_at": fields.Datetime.now()})
        return papers

    def _dossier_told(self):
        """The verdict in a sentence, and what to look at."""
        bad = self.evidence_ids.filtered(lambda row: row.status not in (dossier.SAME, dossier.ERASED))
        text = {
            dossier.EMPTY: self.env._("%s has no evidence yet: add files, photos or messages.", self.name),
            dossier.INTACT: self.env._(
                "%(rma)s: all %(count)s pieces of evidence are there and unchanged.",
                rma=self.name,
                count=self.evidence_count,
            ),
            dossier.BROKEN: self.env._(
                "%(rma)s: the dossier is not as it was. Look at no. %(numbers)s; pieces that were taken off "
                "the end of the index are not listed.",
                rma=self.name,
                numbers=", ".join(str(row.number) for row in bad) or "-",
            ),
        }[self.evidence_verdict]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if self.evidence_verdict == dossier.BROKEN else "success",
                "message": text,
                "sticky": self.evidence_verdict == dossier.BROKEN,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === ERASING === #

    def _forget_evidence(self):
        """The person goes out of the index with the papers, which were erased; the hashes stay."""
        rows = self.evidence_ids
        # sudo: erasing was asked and allowed before
        rows.sudo()._write_own(
            {"label": False, "author": False, "part_name": False, "salt": False, "is_erased": True}
        )


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def message_post(self, *, attachments=None, **kwargs):
        speaking = self.with_context(aftersales_speaker=speaker_of(self.env, kwargs))
        return super(AftersalesTicket, speaking).message_post(attachments=attachments, **kwargs)

    def _erase_personal_data(self, why):
        erased = super()._erase_personal_data(why)
        erased.rma_ids._forget_evidence()
        return erased


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        parts = self.env["aftersales.evidence"]._part_models()
        if any(vals.get("res_model") in parts for vals in vals_list):
            self.env["aftersales.evidence"]._take_files(files)
        return files

    def write(self, vals):
        """A file that was uploaded for a message gets to its document when the message is sent."""
        result = super().write(vals)
        if {"res_model", "res_id"} & set(vals):
            self.env["aftersales.evidence"]._take_files(self)
        return result


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        parts = self.env["aftersales.evidence"]._part_models()
        if any(vals.get("model") in parts for vals in vals_list):
            self.env["aftersales.evidence"]._take_messages(messages)
        return messages


def speaker_of(env, kwargs):
    """Who says a message, by the arguments it is posted with."""
    # sudo: the name of the author, for whoever posts
    author = env["res.partner"].sudo().browse(kwargs.get("author_id") or [])
    return Speaker(author.name or kwargs.get("email_from") or env.user.name)


def refuse_without_evidence(rma):
    """A dossier needs papers."""
    if not rma.evidence_count:
        raise UserError(
            rma.env._("%s has no evidence yet: add files, photos or messages first.", rma.display_name)
        )
