"""The words of which stories are made: customers buy, write and send back; people decide; books follow.

A story is played on Odoo's own demo company. What a person does is done by a user who holds that person's
group and no other; only the shop's furniture (category, programs, users) is put there beforehand.

    story = Story(env, say=print)
    story.open_the_shop()
    story.stock_arrives("2010.00", "SCR-0001", "SCR-0002", lamps=2, lamp_cost="35.00")
    story.customer_buys()
    ...

``say`` is told who does what, in a sentence with numbers and amounts. Nothing here commits.
"""

import copy
from collections import namedtuple
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from odoo import Command, fields

#: the products of Odoo's demo data that are sold here; none of them tracks serial numbers, so one is told to
SCREEN = "product.product_product_22"  # Desk Stand with Screen, 2,100.00
LAMP = "product.product_delivery_02"  # Office Lamp, 40.00, goes with it for nothing
VENDOR = "base.res_partner_2"  # Acme Corporation, who sells both to the shop
CUSTOMER = "base.partner_demo_portal"  # Joel Willis, has an address and a portal login
CARRIER = "delivery.delivery_carrier"  # The Poste, 20.00 for up to five pieces
COUPONS = "loyalty.10_percent_coupon"
GIFT_CARDS = "loyalty.gift_card_program"
SALES_TAX = "account.1_sale_tax_template"  # 15 %

Role = namedtuple("Role", "name group")

#: who works here, and with nothing but this group
# fmt: off
PEOPLE = {
    "buyer":       Role("Petra Buyer",      "purchase.group_purchase_user"),
    "seller":      Role("Sam Seller",       "sales_team.group_sale_salesman"),
    "storekeeper": Role("Stan Storekeeper", "stock.group_stock_user"),
    "biller":      Role("Bill Biller",      "account.group_account_invoice"),
    "manager":     Role("Mona Manager",     "aftersales_service.group_manager"),
    "supervisor":  Role("Susan Supervisor", "aftersales_service.group_supervisor"),
    "agent":       Role("Anna Agent",       "aftersales_service.group_agent"),
    "inspector":   Role("Ines Inspector",   "aftersales_service.group_inspector"),
    "accountant":  Role("Alan Accountant",  "aftersales_service.group_accountant"),
}
# fmt: on


class Story:
    """One customer's case with its cast and the documents that it has produced so far."""

    def __init__(self, env, say=None):
        self.env = env
        self.company = env.company
        self.currency = env.company.currency_id
        self._tell = say or (lambda who, sentence: None)

    # === THE SHOP === #

    def open_the_shop(self):
        """The furniture: people, goods with serial numbers, a gift that goes with them, customer service."""
        self.company.stock_text_confirmation = False  # no text messages by Odoo's paid service
        self.people = {role: self._hire(role) for role in PEOPLE}
        self.customer = self.env.ref(CUSTOMER)
        self.carrier = self.env.ref(CARRIER)
        self.screen, self.lamp = self.env.ref(SCREEN), self.env.ref(LAMP)
        self._put_the_goods_on_sale()
        self._offer_a_lamp_with_each_screen()
        self._open_customer_service()

    def next_case(self, customer):
        """A second story in the same shop, of another customer, told to nobody."""
        other = copy.copy(self)
        other.customer = self.env.ref(customer)
        other._tell = lambda who, sentence: None
        return other

    def _hire(self, role):
        """The user of ``role``, its login and password being the role itself; the demo data has some."""
        known = self.env["res.users"].search([("login", "=", role)])
        groups = [self.env.ref(name).id for name in ("base.group_user", PEOPLE[role].group)]
        return known or self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": PEOPLE[role].name,
                "login": role,
                "password": role,
                "email": f"{role}@shop.example.com",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(groups)],
            }
        )

    def _put_the_goods_on_sale(self):
        """First in, first out, and every cost in the books at once; 15 % tax."""
        category = self.env["product.category"].create(
            {
                "name": "Screens",
                "parent_id": self.env.ref("product.product_category_office").id,
                "property_valuation": "real_time",
                "property_cost_method": "fifo",
            }
        )
        (self.screen | self.lamp).write(
            {
                "categ_id": category.id,
                "taxes_id": [Command.set(self.env.ref(SALES_TAX).ids)],
                "invoice_policy": "delivery",
            }
        )
        self.screen.tracking = "serial"

    def _offer_a_lamp_with_each_screen(self):
        one_screen = {
            "product_ids": [Command.set(self.screen.ids)],
            "minimum_qty": 1,
            "reward_point_mode": "unit",
            "reward_point_amount": 1,
        }
        one_lamp = {
            "reward_type": "product",
            "reward_product_id": self.lamp.id,
            "reward_product_qty": 1,
            "required_points": 1,
        }
        self.env["loyalty.program"].create(
            {
                "name": "A lamp with each screen",
                "program_type": "buy_x_get_y",
                "applies_on": "current",
                "trigger": "auto",
                "rule_ids": [Command.create(one_screen)],
                "reward_ids": [Command.create(one_lamp)],
            }
        )

    def _open_customer_service(self):
        """A team with a mail address, and the shipped return policy put in force by the manager."""
        self.team = self.env.ref("aftersales_service.aftersales_team_default")
        self.team.write(
            {
                "alias_domain_id": self._mail_domain().id,
                "member_ids": [Command.link(self.people["agent"].id)],
                "supervisor_id": self.people["supervisor"].id,
            }
        )
        policy = self.env.ref("aftersales_returns.return_policy_standard")
        if policy.state == "draft":
            self._as("manager", policy).action_activate()

    def _mail_domain(self):
        if not self.company.alias_domain_id:
            self.company.alias_domain_id = self.env["mail.alias.domain"].create({"name": "shop.example.com"})
        return self.company.alias_domain_id

    # === BUYING AND SELLING === #

    def stock_arrives(self, cost, *serials, lamps=0, lamp_cost="0"):
        """The shop buys screens at ``cost`` each, with these serial numbers, and lamps; all is billed."""
        order = self._purchase([(self.screen, len(serials), cost), (self.lamp, lamps, lamp_cost)])
        receipt = self._as("storekeeper", order.sudo().picking_ids)
        self._note_serials(receipt, serials)
        self._validate(receipt)
        self._bill(order)
        bought = f"{self.counted(len(serials), 'screen')} at {cost} ({', '.join(serials)})"
        extra = f" and {self.counted(lamps, 'lamp')} at {lamp_cost}" if lamps else ""
        self.say("buyer", f"buys {bought}{extra}: {order.name}")
        return order

    def _purchase(self, wanted):
        order = self._as("buyer", self.env["purchase.order"]).create(
            {
                "partner_id": self.env.ref(VENDOR).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": float(cost),
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for product, quantity, cost in wanted
                    if quantity
                ],
            }
        )
        order.button_confirm()
        return order

    def _note_serials(self, receipt, serials):
        move = receipt.move_ids.filtered(lambda move: move.product_id == self.screen)
        move.move_line_ids.unlink()
        place = {"location_id": receipt.location_id.id, "location_dest_id": receipt.location_dest_id.id}
        line = {"product_id": self.screen.id, "quantity": 1, "picking_id": receipt.id, **place}
        move.move_line_ids = [Command.create({**line, "lot_name": serial}) for serial in serials]

    def _bill(self, order):
        action = self._as("biller", order).action_create_invoice()
        bill = self._as("biller", self.env["account.move"].browse(action["res_id"]))
        bill.invoice_date = fields.Date.context_today(bill)
        bill.action_post()

    def customer_buys(self):
        """A screen at 2,100.00 with a free lamp, a coupon of 10 %, The Poste, and 50.00 off a gift card."""
        self.coupon = self._give(COUPONS, 1)
        self.gift_card = self._give(GIFT_CARDS, 50)
        self.order = self._as("seller", self.env["sale.order"]).create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.screen.id, "product_uom_qty": 1})],
            }
        )
        self._claim_rewards()
        self._claim_rewards(self.coupon.code)
        self._choose_carrier()
        self._claim_rewards(self.gift_card.code)
        self.order.action_confirm()
        self.say(
            "seller",
            f"sells {self.customer.name} a screen with a free lamp, delivery, a coupon of 10 % and a gift "
            f"card as part of the price: {self.order.name}, {self.money(self.order.amount_total)} to pay",
        )

    def _give(self, program, points):
        """A card in the customer's pocket."""
        cards = self.env["loyalty.card"].with_context(loyalty_no_mail=True)
        return cards.create(
            {
                "program_id": self.env.ref(program).id,
                "partner_id": self.customer.id,
                "points": points,
            }
        )

    def _claim_rewards(self, code=None):
        """What the order may have by itself, or by the code that the customer tells."""
        self.order._update_programs_and_rewards()
        rewards = self.order._try_apply_code(code) if code else self.order._get_claimable_rewards()
        if "error" in rewards:
            raise AssertionError(rewards["error"])
        for coupon, found in rewards.items():
            self.order._apply_program_reward(found[:1], coupon)

    def _choose_carrier(self):
        dialog = self._as("seller", self.env["choose.delivery.carrier"]).create(
            {
                "order_id": self.order.id,
                "carrier_id": self.carrier.id,
            }
        )
        dialog.update_price()
        dialog.button_confirm()

    def warehouse_delivers(self, serial, tracking="PST-100001"):
        """The storekeeper packs that very screen and the lamp and gives them to the carrier."""
        self.serial = self.env["stock.lot"].search(
            [
                ("name", "=", serial),
                ("product_id", "=", self.screen.id),
            ]
        )
        self.delivery = self._as("storekeeper", self.order.sudo().picking_ids)
        self.delivery.move_ids.filtered(lambda move: move.product_id == self.screen).lot_ids = self.serial
        self.delivery.carrier_tracking_ref = tracking
        self._validate(self.delivery)
        card = self.env["aftersales.warranty.card"].search([("lot_id", "=", self.serial.id)])
        self.say(
            "storekeeper",
            f"delivers {serial} and the lamp by {self.carrier.name}: {self.delivery.name}, {tracking}. "
            f"Warranty card {card.name} runs until {card.last_day}",
        )

    def customer_is_invoiced(self):
        """The biller invoices what was delivered."""
        self.invoice = self._as("biller", self.order)._create_invoices()
        self.invoice.action_post()
        self.say("biller", f"posts invoice {self.invoice.name}: {self.money(self.invoice.amount_total)}")

    def customer_pays(self):
        """The whole invoice, to the bank."""
        dialog = self._as("biller", self.env["account.payment.register"])
        dialog = dialog.with_context(active_model="account.move", active_ids=self.invoice.ids)
        self.payment = dialog.create({})._create_payments()
        self.say("biller", f"books the payment {self.payment.name}: {self.money(self.payment.amount)}")

    # === THE TICKET === #

    def customer_writes(
        self,
        subject="The screen stays dark",
        text="Good morning, since yesterday the screen stays dark when I switch it on.",
    ):
        """An e-mail from the customer to the address of customer service comes in."""
        mail = self._mail(subject, text)
        ticket_id = self.env["mail.thread"].message_process(None, mail.as_string())
        self.ticket = self.env["aftersales.ticket"].browse(ticket_id)
        self.say("customer", f"writes to {mail['To']}: «{subject}»")
        self.say("system", f"answers with the number {self.ticket.name}. {self.ticket.headline}")
        return self.ticket

    def _mail(self, subject, text):
        mail = EmailMessage()
        mail["From"] = self.customer.email_formatted
        mail["To"] = self.team.alias_email
        mail["Subject"] = subject
        mail["Date"] = format_datetime(fields.Datetime.now())
        mail["Message-ID"] = f"<{self.order.name}@customer.example.com>"
        mail.set_content(text)
        return mail

    def agent_takes_the_ticket(self):
        """The agent accepts, finds the serial number, says how bad it is, answers and names the cause."""
        ticket = self._as("agent", self.ticket).with_context(aftersales_take=True)
        ticket.action_assign()
        ticket.write(
            {
                "lot_id": self._as("agent", self.env["stock.lot"])
                .search([("name", "=", self.serial.name)])
                .id,
                "category_id": self.env.ref("aftersales_service.aftersales_ticket_category_failure").id,
                "urgency": "urgent",
            }
        )
        ticket.action_start()
        ticket.preliminary_judgement = "The power supply of the screen."
        ticket.solve_by = fields.Datetime.now() + timedelta(days=7)
        ticket.message_post(
            body="Please send the screen back. We bear the freight.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        ticket.cause_id = self.env.ref("aftersales_service.aftersales_cause_material")
        judged = f"{self.label(ticket, 'priority')}, {self.label(ticket, 'coverage').lower()} by warranty"
        self.say("agent", f"accepts {ticket.name}, finds {self.serial.name} and answers: {judged}")

    # === THE RETURN === #

    def agent_opens_a_return(self):
        """From the ticket: the screen and its gift, for a quality fault."""
        self._as("agent", self.ticket).action_create_rma()
        self.rma = self.ticket.rma_ids
        rma = self._as("agent", self.rma)
        rma.write(
            {
                "reason_id": self.env.ref("aftersales_returns.return_reason_quality").id,
                "pictures_received": True,
                "signed_date": self.company._aftersales_day(self.delivery.date_done),
            }
        )
        rma.action_submit()
        goods = " and ".join(rma.line_ids.mapped("product_id.name"))
        self.say("agent", f"opens {rma.name} for {goods}: {self.label(rma, 'eligibility').lower()}")

    def return_is_approved(self, role="supervisor"):
        """Somebody of customer service says yes."""
        self._as(role, self.rma).action_approve()
        self.say(role, f"approves {self.rma.name}. {self.rma.headline}")

    def customer_ships(self, tracking="PST-200002", freight="18.00"):
        """The customer has sent the parcel at his own cost; the agent enters what he writes."""
        rma = self._as("agent", self.rma)
        rma.write(
            {
                "carrier_name": self.carrier.name,
                "tracking_ref": tracking,
                "return_freight": float(freight),
                "return_prepaid_by": "customer",
            }
        )
        rma.action_register_shipment()
        self.say("customer", f"sends the parcel back: {tracking}, freight {freight} at his own cost")

    def parcel_arrives(self, with_lamp=False):
        """The storekeeper receives what is in the parcel: the screen, and no lamp unless told so."""
        self.receipt = self._as("storekeeper", self.rma.sudo().picking_ids)
        came = self.receipt.move_ids.filtered(lambda move: with_lamp or move.product_id == self.screen)
        missing = self.receipt.move_ids - came
        missing.quantity = 0
        came.picked = True
        answer = self.receipt.button_validate()
        if missing:
            dialog = self._as("storekeeper", self.env[answer["res_model"]])
            dialog.with_context(answer["context"]).create({}).process_cancel_backorder()
        self.say(
            "storekeeper",
            f"receives {self.receipt.name} into {self.receipt.location_dest_id.name}, still "
            f"{self.receipt.owner_id.name}'s property" + (", without the lamp" if missing else ""),
        )

    def warehouse_inspects(self, grade="b"):
        """The inspector goes through the checklist and grades the screen."""
        rma = self._as("inspector", self.rma)
        for found in rma.inspection_ids:
            found.write(
                {
                    "unused": "yes",
                    "packaging": "yes",
                    "accessories": "yes",
                    "gift_included": "no",
                    "serial_matches": "yes",
                    "fault_found": "yes",
                    "grade": grade,
                }
            )
        rma.action_complete_inspection()
        verdicts = ", ".join(self.label(found, "disposition").lower() for found in rma.inspection_ids)
        self.say(
            "inspector",
            f"inspects the screen: {verdicts}; the freight back is borne by the "
            f"{self.label(rma, 'return_borne_by').lower()}",
        )

    # === THE MONEY === #

    def agent_confirms_the_refund(self):
        """Customer service has checked the amounts."""
        self.refund = self.rma.sudo().refund_ids
        self._as("agent", self.rma).action_confirm_refund()
        parts = ", ".join(
            f"{self.label(part, 'kind').lower()} {self.money(part.total)}"
            for part in self.refund.line_ids
            if part.total
        )
        self.say("agent", f"confirms refund {self.refund.name}: {parts} = {self.money(self.refund.amount)}")

    def accountant_approves_the_refund(self):
        """Finance has checked it again; the credit note is posted, cards get back what is theirs."""
        self._as("accountant", self.refund).action_approve()
        self.credit_note = self.refund.credit_note_id
        self.say(
            "accountant",
            f"approves it: credit note {self.credit_note.name} over "
            f"{self.money(self.credit_note.amount_total)}; the coupon is valid again, "
            f"{self.money(self.gift_card.points)} are back on the gift card",
        )

    def accountant_pays(self):
        """The refund's own button opens Odoo's payment wizard; the money leaves from the bank."""
        action = self._as("accountant", self.refund).action_register_payment()
        dialog = self._as("accountant", self.env[action["res_model"]]).with_context(action["context"])
        self.refund_payment = dialog.create({})._create_payments()
        self.say(
            "accountant",
            f"pays {self.money(self.refund_payment.amount)} with {self.refund_payment.name}; "
            f"{self.credit_note.name} is reconciled, {self.rma.name} is done",
        )

    # === THE END === #

    def agent_closes_the_ticket(self):
        """Solved, and the customer agrees."""
        ticket = self._as("agent", self.ticket)
        ticket.solution = "Refunded. The power supply was replaced, the screen is on sale again."
        ticket.action_resolve()
        ticket.action_close()
        self.say("agent", f"closes {ticket.name}; the customer is asked how it was")

    def customer_answers_the_survey(self, level="satisfied", marks=4):
        """The customer follows the link of the invitation, ticks an answer and gives marks."""
        answer = self.env["survey.user_input"].search([("aftersales_ticket_id", "=", self.ticket.id)])
        for question in answer.survey_id.question_ids:
            answer._save_lines(question, self._answer_to(question, level, marks))
        answer._mark_done()
        self.satisfaction = self.ticket.satisfaction_ids
        told = self.label(self.satisfaction, "level").lower()
        self.say("customer", f"answers the survey: {told}, {self.satisfaction.index:g} of 100 points")

    def _answer_to(self, question, level, marks):
        if question.question_type == "simple_choice":
            chosen = question.suggested_answer_ids.filtered(lambda one: one.aftersales_level == level)
            return str(chosen.id)
        return str(marks) if question.question_type == "scale" else "Thank you."

    # === HANDS === #

    def _as(self, role, records):
        """``records`` in the hands of the user of ``role``, without any right lent on the way."""
        return records.with_user(self.people[role]).sudo(False)

    def _validate(self, picking):
        """Everything on the paper is there; validate it, and see that it was."""
        picking.move_ids.picked = True
        picking.button_validate()
        if picking.state != "done":
            raise AssertionError(f"{picking.name} was not validated, it is {picking.state}")

    # === TELLING === #

    def say(self, role, sentence):
        names = {"customer": self.customer.name, "system": "The system"}
        self._tell(names.get(role) or self.people[role].name, sentence)

    def money(self, amount):
        """An amount as people write it: 2,146.50."""
        return f"{amount:,.{self.currency.decimal_places}f}"

    def counted(self, number, what):
        return f"{number} {what}" if number == 1 else f"{number} {what}s"

    def label(self, record, name):
        """What a selection field says on the screen."""
        field = record._fields[name]
        return dict(field._description_selection(record.env)).get(record[name], "")
