"""The words of which stories are made: customers buy, write and send back; people decide; books follow.

A story is played on Odoo's own demo company. What a person does is done by a user who holds that person's
groups and no others; only the shop's furniture (categories, programs, users) is put there beforehand.

    story = Story(env, say=print)
    story.open_the_shop()
    story.stock_arrives("2010.00", "SCR-0001", "SCR-0002", lamps=2, lamp_cost="35.00")
    story.customer_buys()
    ...

``say`` is told who did what, in one sentence with numbers and amounts. Nothing here commits.
"""

import copy
from collections import namedtuple
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

DARK_SCREEN = "Good morning, since yesterday the screen stays dark when I switch it on."

Role = namedtuple("Role", "name group")

#: who works here, and with nothing but this group
PEOPLE = {
    "buyer": Role("Petra Buyer", "purchase.group_purchase_user"),
    "seller": Role("Sam Seller", "sales_team.group_sale_salesman"),
    "storekeeper": Role("Stan Storekeeper", "stock.group_stock_user"),
    "biller": Role("Bill Biller", "account.group_account_invoice"),
    "manager": Role("Mona Manager", "aftersales_service.group_manager"),
    "agent": Role("Ada Agent", "aftersales_service.group_agent"),
    "supervisor": Role("Suri Supervisor", "aftersales_service.group_supervisor"),
    "inspector": Role("Ines Inspector", "aftersales_service.group_inspector"),
    "accountant": Role("Alan Accountant", "aftersales_service.group_accountant"),
}


class Story:
    """One story with its cast and the documents it has produced so far."""

    def __init__(self, env, say=None):
        self.env = env(context={**env.context, "tracking_disable": False})
        self.company = env.company
        self.currency = env.company.currency_id
        self._tell = say or (lambda who, sentence: None)
        self.people = {}

    # === THE SHOP === #

    def open_the_shop(self):
        """The furniture: people, a serial-tracked product in a perpetually valued category, a gift with it."""
        self.company.stock_text_confirmation = False  # no text messages to Odoo's paid service
        self.people = {role: self._hire(role) for role in PEOPLE}
        self.customer = self.env.ref(CUSTOMER)
        self.carrier = self.env.ref(CARRIER)
        self.category = self.env["product.category"].create(
            {
                "name": "Screens",
                "parent_id": self.env.ref("product.product_category_office").id,
                "property_valuation": "real_time",
                "property_cost_method": "fifo",
            }
        )
        tax = self.env.ref(SALES_TAX)
        self.screen, self.lamp = self.env.ref(SCREEN), self.env.ref(LAMP)
        (self.screen | self.lamp).write(
            {
                "categ_id": self.category.id,
                "taxes_id": [Command.set(tax.ids)],
                "invoice_policy": "delivery",
            }
        )
        self.screen.tracking = "serial"
        self._offer_a_lamp_with_each_screen()
        self._open_customer_service()

    def _hire(self, role):
        """The user of ``role``, its login and password being the role itself; the demo data has some."""
        known = self.env["res.users"].search([("login", "=", role)])
        return known or self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": PEOPLE[role].name,
                "login": role,
                "password": role,
                "email": f"{role}@shop.example.com",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [
                    Command.set([self.env.ref(name).id for name in ("base.group_user", PEOPLE[role].group)])
                ],
            }
        )

    def _offer_a_lamp_with_each_screen(self):
        self.gift_program = self.env["loyalty.program"].create(
            {
                "name": "A lamp with each screen",
                "program_type": "buy_x_get_y",
                "applies_on": "current",
                "trigger": "auto",
                "rule_ids": [
                    Command.create(
                        {
                            "product_ids": [Command.set(self.screen.ids)],
                            "minimum_qty": 1,
                            "reward_point_mode": "unit",
                            "reward_point_amount": 1,
                        }
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "product",
                            "reward_product_id": self.lamp.id,
                            "reward_product_qty": 1,
                            "required_points": 1,
                        }
                    )
                ],
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
        self.policy = policy

    def _mail_domain(self):
        domain = self.company.alias_domain_id
        if not domain:
            domain = self.env["mail.alias.domain"].create({"name": "shop.example.com"})
            self.company.alias_domain_id = domain
        return domain

    # === BUYING AND SELLING === #

    def stock_arrives(self, cost, *serials, lamps=0, lamp_cost="0"):
        """The shop buys screens at ``cost`` each, with these serial numbers, and lamps; all is billed."""
        order = self._purchase([(self.screen, len(serials), cost), (self.lamp, lamps, lamp_cost)])
        receipt = self._as("storekeeper", order.sudo().picking_ids)
        moved = receipt.move_ids.filtered(lambda move: move.product_id == self.screen)
        moved.move_line_ids.unlink()
        moved.move_line_ids = [
            Command.create(
                {
                    "product_id": self.screen.id,
                    "lot_name": serial,
                    "quantity": 1,
                    "picking_id": receipt.id,
                    "location_id": receipt.location_id.id,
                    "location_dest_id": receipt.location_dest_id.id,
                }
            )
            for serial in serials
        ]
        self._validate(receipt)
        self._bill(order)
        self.say("buyer", f"{order.name}: {len(serials)} screens at {cost} ({', '.join(serials)})")
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

    def _bill(self, order):
        bill = self._as("biller", self.env["account.move"]).browse(
            self._as("biller", order).action_create_invoice()["res_id"]
        )
        bill.invoice_date = self.today()
        bill.action_post()
        return bill

    def customer_buys(self):
        """A screen at 2,100.00 with a free lamp, a coupon of 10 %, The Poste, and 50.00 off a gift card."""
        self.coupon = self._give(self.env.ref(COUPONS), 1)
        self.gift_card = self._give(self.env.ref(GIFT_CARDS), 50)
        order = self._as("seller", self.env["sale.order"]).create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.screen.id, "product_uom_qty": 1})],
            }
        )
        self.order = order
        self._claim_rewards()
        self._claim_rewards(self.coupon.code)
        self._choose_carrier()
        self._claim_rewards(self.gift_card.code)
        order.action_confirm()
        self.say("seller", f"sold {order.name} to {self.customer.name}: {self.money(order.amount_total)}")

    def _give(self, program, points):
        return (
            self.env["loyalty.card"]
            .with_context(loyalty_no_mail=True)
            .create(
                {
                    "program_id": program.id,
                    "partner_id": self.customer.id,
                    "points": points,
                }
            )
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
        screen = self.delivery.move_ids.filtered(lambda move: move.product_id == self.screen)
        screen.lot_ids = self.serial
        self.delivery.carrier_tracking_ref = tracking
        self._validate(self.delivery)
        self.say(
            "storekeeper", f"delivered {self.delivery.name} with {serial} by {self.carrier.name}, {tracking}"
        )

    def customer_is_invoiced(self):
        """The biller invoices what was delivered."""
        invoice = self._as("biller", self.order)._create_invoices()
        invoice.action_post()
        self.invoice = invoice
        self.say("biller", f"posted {invoice.name}: {self.money(invoice.amount_total)}")

    def customer_pays(self):
        """The whole invoice, to the bank."""
        self.payment = self._register_payment("biller", self.invoice)
        self.say("biller", f"booked {self.payment.name}: {self.money(self.payment.amount)}")

    def _register_payment(self, role, move):
        dialog = (
            self._as(role, self.env["account.payment.register"])
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        return dialog._create_payments()

    # === THE TICKET === #

    def customer_writes(self, subject="The screen stays dark", text=DARK_SCREEN):
        """An e-mail from the customer to the address of customer service comes in."""
        ticket_id = self.env["mail.thread"].message_process(None, self._mail(subject, text).as_string())
        self.ticket = self.env["aftersales.ticket"].browse(ticket_id)
        self.say("customer", f"wrote to {self.team.alias_email}: {self.ticket.name} «{subject}»")
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
        """The agent finds the serial number, says how bad it is, accepts and answers."""
        ticket = self._as("agent", self.ticket)
        ticket.action_assign() if ticket.user_id else ticket.with_context(
            aftersales_take=True
        ).action_assign()
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
        ticket.message_post(
            body="Please send the screen back. We pay the freight.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        ticket.cause_id = self.env.ref("aftersales_service.aftersales_cause_material")
        self.say("agent", f"took {ticket.name}: {ticket.priority}, {ticket.coverage}")

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
        self.say("agent", f"opened {rma.name} for {', '.join(rma.line_ids.mapped('display_name'))}")

    def return_is_approved(self, role="supervisor"):
        """Somebody of customer service says yes."""
        self._as(role, self.rma).action_approve()
        self.say(role, f"approved {self.rma.name}: {self.rma.headline}")

    def customer_ships(self, tracking="PST-200002", freight="18.00"):
        """The customer has sent the parcel at his own cost; the agent enters what he writes."""
        rma = self._as("agent", self.rma)
        rma.write(
            {
                "carrier_name": "Courier of the customer's choice",
                "tracking_ref": tracking,
                "return_freight": float(freight),
                "return_prepaid_by": "customer",
            }
        )
        rma.action_register_shipment()
        self.say("agent", f"entered {tracking} for {rma.name}, freight {freight}")

    def parcel_arrives(self):
        """The storekeeper finds the screen in the parcel, and no lamp."""
        self.receipt = self._as("storekeeper", self.rma.sudo().picking_ids)
        screen = self.receipt.move_ids.filtered(lambda move: move.product_id == self.screen)
        (self.receipt.move_ids - screen).quantity = 0
        screen.picked = True
        answer = self.receipt.button_validate()
        self._as("storekeeper", self.env[answer["res_model"]]).with_context(answer["context"]).create(
            {}
        ).process_cancel_backorder()
        self.say("storekeeper", f"received {self.receipt.name} into {self.receipt.location_dest_id.name}")

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
        self.say("inspector", f"inspected {rma.name}: {rma.inspection_ids.mapped('disposition')}")

    # === THE MONEY === #

    def agent_confirms_the_refund(self):
        """Customer service has checked the amounts."""
        self.refund = self.rma.sudo().refund_ids
        self._as("agent", self.rma).action_confirm_refund()
        self.say("agent", f"confirmed {self.refund.name}: {self.money(self.refund.amount)}")

    def accountant_approves_the_refund(self):
        """Finance has checked it again; the credit note is posted."""
        self._as("accountant", self.rma).action_approve_refund()
        self.credit_note = self.refund.credit_note_id
        self.say(
            "accountant",
            f"approved {self.refund.name}: credit note {self.credit_note.name} over "
            f"{self.money(self.credit_note.amount_total)}",
        )

    def accountant_pays(self):
        """The refund's own button opens Odoo's payment wizard; the money leaves from the bank."""
        action = self._as("accountant", self.refund).action_register_payment()
        dialog = self._as("accountant", self.env[action["res_model"]]).with_context(action["context"])
        self.refund_payment = dialog.create({})._create_payments()
        self.say(
            "accountant", f"paid {self.money(self.refund_payment.amount)} with {self.refund_payment.name}"
        )

    # === THE END === #

    def agent_closes_the_ticket(self):
        """Solved, and the customer agrees."""
        ticket = self._as("agent", self.ticket)
        ticket.solution = "Refunded. The power supply was replaced, the screen is on sale again."
        ticket.action_resolve()
        ticket.action_close()
        self.say("agent", f"closed {ticket.name}")

    def customer_answers_the_survey(self, level="satisfied", marks=4):
        """The customer follows the link of the invitation, ticks an answer and gives marks."""
        answer = self.env["survey.user_input"].search([("aftersales_ticket_id", "=", self.ticket.id)])
        for question in answer.survey_id.question_ids:
            answer._save_lines(question, self._answer_to(question, level, marks))
        answer._mark_done()
        self.satisfaction = self.ticket.satisfaction_ids
        self.say("customer", f"answered: {self.satisfaction.level}, {self.satisfaction.index:g} of 100")

    def _answer_to(self, question, level, marks):
        if question.question_type == "simple_choice":
            chosen = question.suggested_answer_ids.filtered(lambda one: one.aftersales_level == level)
            return str(chosen.id)
        return str(marks) if question.question_type == "scale" else "Thank you."

    # === HANDS === #

    def _validate(self, picking):
        """Everything on the paper is there; validate it, and see that it was."""
        picking.move_ids.picked = True
        picking.button_validate()
        if picking.state != "done":
            raise AssertionError(f"{picking.name} was not validated, it is {picking.state}")

    # === TELLING === #

    def say(self, role, sentence):
        self._tell(role, sentence)

    def money(self, amount):
        """An amount as people write it: 2,146.50."""
        return f"{amount:,.{self.currency.decimal_places}f}"

    def today(self):
        return fields.Date.context_today(self.env.user)

    def _as(self, role, records):
        """``records`` in the hands of the user of ``role``, without any right lent on the way."""
        return records.with_user(self.people[role]).sudo(False)
