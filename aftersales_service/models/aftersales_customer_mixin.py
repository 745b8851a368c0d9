from odoo import api, models


class AftersalesCustomerMixin(models.AbstractModel):
    """A document that its customer may open: what a login of the customer's reads stands on a list.

    The record rule says which documents; this says which fields, whatever asks for them: a list, a search, an
    order, a call from outside. What a new addon adds to the document is ours until it is put on the list. The
    pages of the portal check whose document it is and read in sudo.
    """

    _name = "aftersales.customer.mixin"
    _description = "Document that its customer reads"

    #: what the customer reads; everything else is for users of the company
    _customer_fields = frozenset()
    #: in which order the customer's lists come where the document's own order tells how we work
    _customer_order = None

    @api.model
    def _has_field_access(self, field, operation):
        if field.name not in self._customer_fields and not self.env.su and self.env.user.share:
            return False
        return super()._has_field_access(field, operation)

    def _order_to_sql(self, order, query, alias=None, reverse=False):
        if self._customer_order and order == self._order and not self.env.su and self.env.user.share:
            order = self._customer_order
        return super()._order_to_sql(order, query, alias, reverse)


#: what every document of the kind has, and the portal and its chatter need
COMMON = frozenset(
    {
        "id", "display_name", "name", "state", "company_id", "partner_id", "create_date",
        "access_url", "access_token", "access_warning",
        "message_ids", "website_message_ids", "has_message", "message_is_follower",
    }
)  # fmt: skip
