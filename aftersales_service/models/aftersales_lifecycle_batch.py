from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import groupby

#: documents named for one reason, and reasons named, before the rest is a number
NAMED, TOLD = 5, 10


class AftersalesLifecycleMixin(models.AbstractModel):
    """Work on a whole list: everything that can go goes together, the rest is told why it does not.

    What is known not to go is asked in bulk beforehand (``_batch_refusals``); what is found out on the way is
    looked for by halves, so that a thousand documents with one bad one among them cost little more than a
    thousand good ones.
    """

    _inherit = "aftersales.lifecycle.mixin"

    def _batch_fire(self, event, reason=None):
        """Fire ``event`` on what it applies to and say what went through and why the rest did not.

        For server actions on lists: {"done": documents, "refused": {document: sentence}}.
        """
        refused = self._batch_refusals(event)
        ready = self.filtered(lambda document: document not in refused)
        refused |= ready._batch_do(lambda documents: documents._fire(event, reason=reason))
        return {"done": self.filtered(lambda document: document not in refused), "refused": refused}

    def _batch_action(self, event):
        """Server action of a list: press the button of ``event`` document by document, and tell what
        went through and why the rest did not.
        """
        refused = self._batch_refusals(event)
        for document in self.filtered(lambda document: document not in refused):
            if (document.state, event) not in self._flow.transitions:
                continue  # one before it has taken it along: the refunds of one return are confirmed together
            try:
                with self.env.cr.savepoint():
                    getattr(document, f"action_{event}")()
            except (UserError, AccessError) as error:
                refused[document] = str(error)
        return self._batch_told(refused)

    def _batch_refusals(self, event):
        """{document: sentence} of what is known beforehand not to go."""
        return {
            document: self.env._(
                "'%(event)s' does not apply in the state '%(state)s'.",
                event=self._event_label(event),
                state=document._state_label(),
            )
            for document in self
            if (document.state, event) not in self._flow.transitions
        }

    def _batch_do(self, step):
        """Take ``step`` with as many as it can be taken with; {document: sentence} of the others.

        :param step: takes documents, does it with all of them or raises
        """
        refused, waiting = {}, [self] if self else []
        while waiting:
            documents = waiting.pop()
            try:
                with self.env.cr.savepoint():
                    step(documents)
            except (UserError, AccessError) as error:
                if len(documents) == 1:
                    refused[documents] = str(error)
                else:
                    middle = len(documents) // 2
                    waiting += [documents[middle:], documents[:middle]]
        return refused

    def _batch_told(self, refused):
        """Notification on a batch: how many of ``self`` went through, and why each of the rest did not.

        :param refused: {document: sentence}
        """
        done = len(self) - len(refused)
        reasons = groupby(refused.items(), lambda pair: pair[1])
        told = [self._batch_reason(text, [doc for doc, _text in pairs]) for text, pairs in reasons]
        lines = [self.env._("%(done)s of %(all)s done.", done=done, all=len(self)), *told[:TOLD]]
        if len(told) > TOLD:
            lines.append(self.env._("And %(count)s more for reasons like these.", count=len(told) - TOLD))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "message": "\n".join(lines),
                "className": "o_aftersales_batch_told",  # each reason in a line of its own
                "sticky": bool(refused),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _batch_reason(self, text, documents):
        """A reason with whom it concerns, unless it says so itself."""
        names = [document.display_name for document in documents]
        if len(names) == 1 and names[0] in text:
            return text
        shown = ", ".join(names[:NAMED])
        if len(names) > NAMED:
            shown = self.env._("%(names)s and %(count)s more", names=shown, count=len(names) - NAMED)
        return f"{shown}: {text}"
