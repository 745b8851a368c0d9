# Plays the main job on the database of an Odoo shell and leaves something to do for everybody:
#
#     dev/odoo shell -d aftersales_demo --no-http < dev/play_main_job.py
#
# The words are those of tests/scenarios/story.py, where the same story is a test. Everything or nothing: it
# commits at its end.
import sys
import textwrap
from pathlib import Path

from odoo.addons import aftersales_service

root = Path(aftersales_service.__path__[0]).parent
sys.path.insert(0, str(root / "tests/scenarios"))

from story import CUSTOMER, Story  # noqa: E402 -- the folder is known from here on only

steps = []


def say(who, sentence):
    steps.append(who)
    head = f"{len(steps):>3}. {who:<17}"
    print(textwrap.fill(f"{head} {sentence}.", 108, subsequent_indent=" " * (len(head) + 1)))


def play_the_main_job(story):
    """From the delivered sale to the reconciled refund and the answered survey."""
    story.open_the_shop()
    story.stock_arrives("2010.00", "SCR-0001", "SCR-0002", lamps=2, lamp_cost="35.00")
    story.customer_buys()
    story.warehouse_delivers("SCR-0001")
    story.customer_is_invoiced()
    story.customer_pays()
    story.stock_arrives("2200.00", "SCR-0003")
    tell_the_value(story, "while SCR-0001 is away")
    story.customer_writes()
    story.agent_takes_the_ticket()
    story.agent_opens_a_return()
    story.return_is_approved()
    story.customer_ships()
    story.parcel_arrives()
    tell_the_value(story, "with SCR-0001 in quarantine")
    story.warehouse_inspects()
    tell_the_value(story, "with SCR-0001 back at what it had cost")
    story.agent_confirms_the_refund()
    story.accountant_approves_the_refund()
    story.accountant_pays()
    story.agent_closes_the_ticket()
    story.customer_answers_the_survey()


def tell_the_value(story, when):
    story.env.invalidate_all()
    worth = story.money(story.screen.total_value)
    story.say("system", f"counts {story.screen.qty_available:g} screens for sale worth {worth} {when}")


def play_until(story, serial, customer, steps):
    """Another customer's case as far as ``steps``: somebody's work for today."""
    case = story.next_case(customer)
    case.customer_buys()
    case.warehouse_delivers(serial, f"PST-{serial}")
    case.customer_is_invoiced()
    case.customer_pays()
    case.customer_writes()
    case.agent_takes_the_ticket()
    case.agent_opens_a_return()
    for step in steps:
        step(case)
    return case


def leave_work_for_everybody(story):
    serials = [f"SCR-00{number}" for number in range(11, 15)]
    story.next_case(CUSTOMER).stock_arrives("2050.00", *serials, lamps=4, lamp_cost="36.00")
    approve = [Story.return_is_approved]
    ship = [*approve, lambda case: case.customer_ships(f"RET-{case.serial.name}", "16.50")]
    receive = [*ship, lambda case: case.parcel_arrives(with_lamp=True)]
    confirm = [*receive, Story.warehouse_inspects, Story.agent_confirms_the_refund]
    return {
        "to decide": play_until(story, "SCR-0011", "base.res_partner_12", []),
        "to receive": play_until(story, "SCR-0012", "base.res_partner_10", ship),
        "to inspect": play_until(story, "SCR-0013", "base.res_partner_6", receive),
        "to approve": play_until(story, "SCR-0014", "base.res_partner_18", confirm),
    }


def tell_where_to_click(story, cases):
    print("\nTo look at, after the address:")
    show("agent", "aftersales-tickets", story.ticket, "what was promised and kept; the tab Why?")
    show("agent", "returns", story.rma, "the return with its freight and its reasons")
    show("accountant", "refunds", story.refund, f"each part of {story.money(story.refund.amount)}")
    print("Waiting to be done:")
    show("supervisor", "returns", cases["to decide"].rma, "approve it or refuse it")
    show("inspector", "inspections", cases["to receive"].rma, "receive it")
    show("inspector", "inspections", cases["to inspect"].rma, "inspect it")
    show("accountant", "refunds", cases["to approve"].refund, "approve it, then pay it")


def show(login, path, document, what):
    print(f"  {login:<11} {document.name}: {what}\n{'':<14}/odoo/{path}/{document.id}")


story = Story(env, say)  # noqa: F821 -- the shell's own
print("The main job, played by users with their own group each:\n")
play_the_main_job(story)
tell_where_to_click(story, leave_work_for_everybody(story))
env.cr.commit()  # noqa: F821
