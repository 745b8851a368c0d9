"""One database a module, copied for it alone, in which the product's own crons stay out of the way."""

import pytest


@pytest.fixture(scope="module")
def registry(scratch_database):
    # only here: this file is read before Odoo has been set up
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_db

    registry = Registry(scratch_database)
    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["ir.cron"].search([]).active = False
    yield registry
    registry.clear_cache()
    close_db(scratch_database)
