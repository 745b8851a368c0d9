"""Several people at the same moment: a transaction each, all begun before the first of them acts."""

import threading
from contextlib import contextmanager

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.service.model import retrying


@contextmanager
def environment(registry, uid=SUPERUSER_ID):
    """A transaction of its own, committed at the end."""
    with registry.cursor() as cr:
        yield api.Environment(cr, uid, {})


def person(env, group, login=None):
    """A user with one group of ours."""
    login = login or f"race_together_{group}"
    groups = env.ref(f"aftersales_service.group_{group}")
    return env["res.users"].search([("login", "=", login)]) or env["res.users"].create(
        {"name": login, "login": login, "group_ids": [Command.set(groups.ids)]}
    )


def at_once(registry, uid, model, steps):
    """Each of ``steps`` on its record from a thread of its own, retried as a request is.

    :param steps: [(id, function of the record)]; each has read its record before anybody acts
    :return: for each, in their order: True, or the sentence it was refused with
    """
    answers, start = [None] * len(steps), threading.Barrier(len(steps))

    def act(number, record_id, step):
        with environment(registry, uid) as env:
            record = env[model].browse(record_id)
            assert record.exists()
            start.wait()
            try:
                retrying(lambda: step(env[model].browse(record_id)), env)
                answers[number] = True
            except UserError as error:
                env.cr.rollback()
                answers[number] = str(error)

    threads = [threading.Thread(target=act, args=(n, *step)) for n, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
