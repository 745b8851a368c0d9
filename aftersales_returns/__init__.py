from . import controllers
from . import models
from . import wizard


def post_init_hook(env):
    """Warehouses that were there before get what returns need; later ones get it when they are made."""
    env["stock.warehouse"].with_context(active_test=False).search([])._aftersales_provision()


def uninstall_hook(env):
    """The numbers of returns go; locations and operation types stay, since goods have moved through them."""
    env["ir.sequence"].with_context(active_test=False).search([("code", "=", "aftersales.rma")]).unlink()
