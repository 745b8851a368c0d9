from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ..policy import lifecycle

# Proof that a write of policy-owned fields comes from the document's own code. It is an object: no client
# can send it, in a context or otherwise.
_OWN_WRITE = object()

#: role of the rights tables → group that holds it
ROLE_GROUPS = {
    "agent": "aftersales_service.group_agent",
    "supervisor": "aftersales_service.group_supervisor",
    "manager": "aftersales_service.group_manager",
    "engineer": "aftersales_service.group_engineer",
    "inspector": "aftersales_service.group_inspector",
    "accountant": "aftersales_service.group_accountant",
    "general_manager": "aftersales_service.group_general_manager",
    "salesperson": "sales_team.group_sale_salesman",
}


class AftersalesLifecycleMixin(models.AbstractModel):
    """A document whose state moves along the transition table of its policy, and in no other way.

    The document declares ``_flow`` and a ``state`` selection. ``_fire`` is the only door; ``_check_<event>``
    may refuse before anything is written, ``_check_person_<event>`` refuses users and customers alone and not
    what happens by itself, ``_on_<event>`` has the effects afterwards. Whether a person acts is told by the
    actor, not by ``env.su``: many a person's event runs in sudo.
    """

    _name = "aftersales.lifecycle.mixin"
    _description = "Document with a life cycle"

    #: lifecycle.Flow of the document
    _flow = None
    #: further fields that only the document's own policy code writes
    _policy_fields = ()
    #: code of the sequence that numbers the documents in ``name``, if it is a plain one
    _number_code = None

    allowed_events = fields.Json(compute="_compute_allowed_events")

    # === WHO MAY DO WHAT === #

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_allowed_events(self):
        roles, now = self._roles(), fields.Datetime.now()
        own = self._own_requests_now()
        overdue = self._overdue_kinds(now)
        for document in self:
            document.allowed_events = lifecycle.allowed_events(
                self._flow, document.state, roles, document in own, overdue.get(document.id, ())
            )

    @api.model
    def _roles(self):
        """Roles of the current user, as the rights tables name them."""
        user = self.env.user
        return frozenset(role for role, group in ROLE_GROUPS.items() if user.has_group(group))

    def _own_requests(self):
        """Documents that the current user has requested; nobody approves those (four eyes)."""
        return self.filtered(lambda document: document.create_uid == self.env.user)

    def _four_eyes_amount(self):
        """{document: amount in company currency} that the company's threshold is held against."""
        return {}

    def _own_requests_now(self):
        """Own requests on which the company asks for a second person."""
        if not self._flow.four_eyes:
            return self.browse()
        amounts = self._four_eyes_amount()
        return self._own_requests().filtered(lambda doc: doc._asks_second_person(amounts.get(doc)))

    def _asks_second_person(self, amount):
        company = self.company_id if "company_id" in self._fields else self.env.company
        if company.aftersales_four_eyes == "above" and amount is not None:
            return amount > company.aftersales_four_eyes_amount
        return company.aftersales_four_eyes != "off"

    def _overdue_kinds(self, now):
        """{document id: kinds of its promises that are overdue}; the deadline mixin knows them."""
        return {}

    # === MOVING === #

    def _fire(self, event, actor=None, reason=None):
        """Move every document of ``self`` along ``event``, or none of them.

        :param actor: None for the current user, judged by groups; ``lifecycle.SYSTEM`` for the ledger and the
            hooks in Stock and Accounting; ``lifecycle.CUSTOMER`` for the portal, which has checked whose
            document it is
        :param reason: kept in the log, where the event wants one; {document: reason} where each has its own
        :raise AccessError: the user may not write the document or has no right to the event
        :raise UserError: the table has no such row, the promise is overdue, or a check refuses
        """
        if not self:
            return self
        now = fields.Datetime.now()
        self._refuse_without_right(event, actor)
        moves = self._next_states(event)
        self._refuse_own_request(event, actor)
        self._refuse_overdue(event, actor, now)
        # sudo: who may do what has just been decided by the table; the customer and the ledger have no groups
        documents = self if actor is None else self.sudo()
        documents._call_hook("_check_", event)
        if actor != lifecycle.SYSTEM:
            documents._call_hook("_check_person_", event)
        for (state, after), group in moves.items():
            group._move(event, state, after, now)
        documents._log_event(event, moves, reason)
        documents._after_event(event, now)
        documents._call_hook("_on_", event)
        return self

    def _refuse_without_right(self, event, actor):
        roles = self._roles() if actor is None else {actor}
        if actor is None:
            self.check_access("write")
        if not lifecycle.may_fire(self._flow, event, roles):
            raise AccessError(
                self.env._(
                    "You have no right to '%(event)s' on %(documents)s. Ask a person with one of these "
                    "roles: %(roles)s.",
                    event=self._event_label(event),
                    documents=", ".join(self.mapped("display_name")),
                    roles=", ".join(sorted(self._flow.rights.get(event, ()))) or "-",
                )
            )

    def _next_states(self, event):
        """{(state, next state): documents}; raises before anything is written."""
        moves, refused = {}, self.browse()
        for state, group in self.sudo().grouped("state").items():  # sudo: the state alone, access was checked
            try:
                moves[state, lifecycle.next_state(self._flow, state, event)] = group
            except lifecycle.IllegalTransition:
                refused |= group
        if refused:
            raise UserError(
                self.env._(
                    "'%(event)s' does not apply to %(documents)s in the present state. Reload: somebody may "
                    "have been faster.",
                    event=self._event_label(event),
                    documents=", ".join(
                        f"{document.display_name} ({document._state_label()})" for document in refused
                    ),
                )
            )
        return moves

    def _refuse_own_request(self, event, actor):
        if actor is not None or event not in self._flow.four_eyes:
            return
        own = self._own_requests_now()
        if own:
            raise AccessError(
                self.env._(
                    "Four eyes: '%(event)s' on %(documents)s is for another person than the one who asked.",
                    event=self._event_label(event),
                    documents=", ".join(own.mapped("display_name")),
                )
            )

    def _refuse_overdue(self, event, actor, now):
        """Late is late: the ledger decides what is overdue, also before it has come round."""
        if actor == lifecycle.SYSTEM:
            return
        kinds = self._overdue_kinds(now)
        late = self.filtered(
            lambda doc: lifecycle.overdue_guard(self._flow, event, kinds.get(doc.id, ())) is not None
        )
        if late:
            raise UserError(
                self.env._(
                    "Time has run out for '%(event)s' on %(documents)s; what was announced for that case "
                    "happens now by itself.",
                    event=self._event_label(event),
                    documents=", ".join(late.mapped("display_name")),
                )
            )

    def _call_hook(self, prefix, event):
        hook = getattr(self, f"{prefix}{event}", None)
        if hook:
            hook()

    def _move(self, event, state, after, now):
        """Write the next state and its stamp in one write for documents that share both."""
        stamp = self._flow.stamps.get(event)
        fresh = self.filtered(lambda document: not document[stamp]) if stamp else self.browse()
        if fresh:
            fresh._write_policy({"state": after, stamp: now})
        if self - fresh:
            (self - fresh)._write_policy({"state": after})

    def _log_event(self, event, moves, reason):
        """One line in each document's log, written in bulk."""
        if not hasattr(self, "_message_log_batch"):
            return
        bodies = {}
        for (state, after), group in moves.items():
            text = self._event_text(event, state, after)
            for document in group:
                own = reason.get(document) if isinstance(reason, dict) else reason
                bodies[document.id] = f"{text}. {own}" if own else text
        self._message_log_batch(bodies)

    @api.model
    def _event_text(self, event, state, after):
        """What the log says of the event: its label, and the step where it is one."""
        if state == after:
            return self._event_label(event)
        labels = dict(self._fields["state"]._description_selection(self.env))
        return f"{self._event_label(event)}: {labels[state]} → {labels[after]}"

    def _after_event(self, event, now):
        """A new document gets its number; aftersales.deadline.mixin adds what the ledger does."""
        if event == lifecycle.CREATE and self._number_code:
            self._draw_numbers()

    def _draw_numbers(self):
        """The next numbers of each document's company, for whoever enters it."""
        for company, documents in self.grouped("company_id").items():
            numbers = self._draw_from_series(self._number_code, company or self.env.company, len(documents))
            documents._write_policy_each(
                {document: {"name": number} for document, number in zip(documents, numbers, strict=True)}
            )

    @api.model
    def _draw_from_series(self, code, company, count, day=None):
        """``count`` next numbers of the company's series with that code, which is looked up once.

        :param day: of which year they are, where the series begins anew with each; None: today
        :raise UserError: the company has no such series
        """
        # sudo: nobody has rights on the series
        every = self.env["ir.sequence"].sudo().with_company(company)
        every = every.with_context(ir_sequence_date=day) if day else every
        series = every.search(
            [("code", "=", code), ("company_id", "in", [company.id, False])], order="company_id", limit=1
        )
        if not series:
            raise UserError(
                self.env._(
                    "%(company)s has no number series '%(code)s'. Let an administrator add one under "
                    "Settings, Technical, Sequences.",
                    company=company.name,
                    code=code,
                )
            )
        return [series.next_by_id() for _number in range(count)]

    @api.model
    def _event_label(self, event):
        """The event in the reader's language: clause ``event:<document>.<event>``, else ``event:<event>``."""
        text_of = self.env["aftersales.clause"]._text_of
        label = text_of(f"event:{self._flow.name}.{event}") or text_of(f"event:{event}") or event
        label = label.replace("_", " ") if label == event else label
        return label[:1].upper() + label[1:]

    def _state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _open(self, records=None):
        """Window on ``records``, or on the documents themselves: a single one's form, else the list."""
        records = self if records is None else records
        action = {
            "type": "ir.actions.act_window",
            "res_model": records._name,
            "name": records._description,
        }
        if len(records) == 1:
            return {**action, "views": [(False, "form")], "res_id": records.id}
        return {**action, "views": [(False, "list"), (False, "form")], "domain": [("id", "in", records.ids)]}

    @api.model
    def _decide_in_turn(self, records):
        """Of two who decide by what hangs on ``records``, the later one decides with what the first has done.

        A lock alone would not do: whoever waited, or began a moment before the first was through, would go on
        with figures from before. Writing makes it fail with a serialization error, and a request that does is
        begun anew by Odoo.
        """
        if records:
            table, ids = SQL.identifier(records._table), tuple(sorted(records.ids))
            self.env.cr.execute(SQL("UPDATE %s SET write_date = write_date WHERE id IN %s", table, ids))

    # === POLICY-OWNED FIELDS === #

    @api.model
    def _owned_fields(self):
        """Names of the fields that only the document's own code writes."""
        return {"state", *self._flow.stamps.values(), *self._policy_fields}

    def _write_policy(self, vals):
        """Write policy-owned fields; the only way past the guard, and not reachable over RPC."""
        return self.with_context(aftersales_own_write=_OWN_WRITE).write(vals)

    @api.model
    def _is_policy_write(self):
        """Whether this very write comes from the document's own code; what follows from it does not."""
        return self.env.context.get("aftersales_own_write") is _OWN_WRITE

    @api.model
    def _write_policy_each(self, values):
        """Write policy-owned values that differ from document to document and that nothing follows from.

        A hundred single writes are as many rounds through tracking, followers and facts; a number or the
        targets of a promise concern none of them.

        :param values: {document: values}, the same fields for each
        """
        documents = self.browse([document.id for document in values])
        documents.check_access("write")
        names = next(iter(values.values()), {}).keys()
        for document, vals in values.items():
            for name in names:
                self._fields[name].write(document, vals[name])
        documents.modified(names)

    def _context_without_presets(self):
        """The context without defaults for what policy owns: the policy sets the first state."""
        presets = {f"default_{name}" for name in self._owned_fields()}
        return {key: value for key, value in self.env.context.items() if key not in presets}

    @api.model
    def default_get(self, fields_list):
        """A form that opens for a new document shows the first state, whatever its action presets."""
        context = self._context_without_presets()
        plain = self if len(context) == len(self.env.context) else self._in_context(context)
        return super(AftersalesLifecycleMixin, plain).default_get(fields_list)

    @api.model_create_multi
    def create(self, vals_list):
        owned = self._owned_fields()
        if self._is_policy_write():
            return super(AftersalesLifecycleMixin, self._without_token()).create(vals_list)
        context = self._context_without_presets()
        clean = [
            {
                **{name: value for name, value in vals.items() if name not in owned},
                "state": self._flow.initial,
            }
            for vals in vals_list
        ]
        silent = self._in_context({**context, "mail_create_nolog": True})
        documents = super(AftersalesLifecycleMixin, silent).create(clean)
        documents = documents._in_context(self.env.context)
        if documents:
            # defaults were meant for the document, not for its promises
            promising = documents._in_context(clean_context(self.env.context))
            promising._after_event(lifecycle.CREATE, fields.Datetime.now())
            documents._log_creation()
        return documents

    def _log_creation(self):
        """The first line of the log, where no event that followed at once has written it already."""
        if self.env.context.get("mail_create_nolog") or self.env.context.get("tracking_disable"):
            return
        if not hasattr(self, "_message_log_batch"):
            return
        resting = self.filtered(lambda document: document.state == self._flow.initial)
        resting._message_log_batch({document.id: document._creation_message() for document in resting})

    def write(self, vals):
        if self._is_policy_write():
            return super(AftersalesLifecycleMixin, self._without_token()).write(vals)
        owned = self._owned_fields().intersection(vals)
        if owned:
            raise AccessError(
                self.env._(
                    "%(fields)s of %(documents)s cannot be written: use the buttons, which check whether the "
                    "step is allowed.",
                    fields=", ".join(sorted(self._fields[name].string for name in owned)),
                    documents=", ".join(self.mapped("display_name")) or self._description,
                )
            )
        return super().write(vals)

    def _without_token(self):
        """The token opens one write; effects that follow from it do not inherit it."""
        context = dict(self.env.context)
        context.pop("aftersales_own_write", None)
        return self._in_context(context)

    def _in_context(self, context):
        """``self`` in that context and nothing of the present one: keys have to go, not to be added."""
        return self.with_env(self.env(context=context))

    def copy_data(self, default=None):
        owned = self._owned_fields()
        default = {name: value for name, value in (default or {}).items() if name not in owned}
        return [
            {name: value for name, value in vals.items() if name not in owned}
            for vals in super().copy_data(default)
        ]

    @api.model
    def load_history(self, vals_list):
        """Create documents of the past with their states and dates: history and demo data.

        Only a manager may; nothing is notified, no promise starts to run.

        :param vals_list: values of ``create``, policy-owned fields allowed
        :return: the documents
        """
        if not self.env.su and not self.env.user.has_group("aftersales_service.group_manager"):
            raise AccessError(self.env._("Only a manager may load documents of the past."))
        known = set(self._flow.states)
        wrong = {vals["state"] for vals in vals_list if vals.get("state", self._flow.initial) not in known}
        if wrong:
            raise UserError(
                self.env._(
                    "Unknown state %(states)s. Use one of: %(known)s.",
                    states=", ".join(sorted(wrong)),
                    known=", ".join(self._flow.states),
                )
            )
        rows = [{"state": self._flow.initial, **vals} for vals in vals_list]
        quiet = {"aftersales_own_write": _OWN_WRITE, "mail_create_nosubscribe": True, "mail_notrack": True}
        documents = self.with_context(**quiet).create(rows)._without_token()
        documents._message_log_batch(dict.fromkeys(documents.ids, self.env._("Loaded with its history.")))
        return documents
