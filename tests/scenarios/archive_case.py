"""What stories of the archive share: files full of a person, and what is counted of them."""

from service_case import ServiceCase

PERSON = ("Joel", "joel.willis", "Canton Road 5")


class ArchiveCase(ServiceCase):
    """Closed files full of a person, and what is counted of them."""

    def closed_ticket(self, title, **told):
        """Asked, answered, solved and closed within an hour, with the customer's words all over it."""
        ticket = self.story.customer_calls(
            title=title,
            description="Joel waits at Canton Road 5.",
            environment="Canton Road 5",
            tried_solutions="Joel has pulled the plug.",
            **told,
        )
        self.story.takes("agent", ticket)
        self.story.answers("agent", ticket, "Dear Joel, please change the fuse.")
        by_agent = self.story.by("agent", ticket)
        by_agent.work_time_ids = [(0, 0, {"minutes": 20, "activity": "phone"})]
        self.story.solves("agent", ticket, "Joel has changed the fuse.")
        by_agent.action_confirm_by_phone()
        by_agent.action_close()
        return ticket

    def figures(self):
        """What reports are made of: counts, times, promises, decisions, costs."""
        self.env.invalidate_all()
        tickets = self.env["aftersales.ticket"].with_context(active_test=False)
        counted = tickets._read_group(
            [],
            ["service_type", "priority", "coverage", "state", "closed_at:month"],
            ["__count", "work_minutes:sum"],
        )
        times = tickets.search_read([], ["create_date", "first_reply_at", "resolved_at", "closed_at"])
        promises = self.env["aftersales.deadline"].search_read([], ["kind", "state", "due_at", "met_at"])
        verdicts = self.env["aftersales.verdict"].search_read([], ["kind", "outcome", "facts", "version"])
        return counted, times, promises, verdicts

    def traces(self, ticket):
        """The words about the person that the file still holds."""
        self.env.invalidate_all()
        texts = [str(ticket.read()), self.history(ticket)]
        texts += self.env["mail.mail"].search([("res_id", "=", ticket.id)]).mapped("body_html")
        return [word for word in PERSON if any(word in str(text) for text in texts)]

    def daily_run(self):
        """What the cron does once a day, without its commits."""
        tickets = self.env["aftersales.ticket"]
        tickets.search(tickets._retention_domain())._erase_due()
