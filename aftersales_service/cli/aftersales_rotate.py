import argparse
import sys

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class AftersalesRotate(Command):
    """Encrypt customers' secrets anew with the first key, so that older keys can be taken away."""

    name = "aftersales_rotate"
    epilog = "odoo aftersales_rotate -d DATABASE; odoo aftersales_rotate --new-key prints a fresh key."

    def run(self, args):
        parser = argparse.ArgumentParser(prog=self.prog, description=self.__doc__, epilog=self.epilog)
        parser.add_argument("--new-key", action="store_true", help="print a fresh key and do nothing else")
        own, others = parser.parse_known_args(args)
        if own.new_key:
            self._print_key()
            return
        config.parse_config(others, setup_logging=True)
        if not config["db_name"]:
            parser.error("say which database: -d DATABASE")
        for name in config["db_name"]:
            self._rotate(name)

    def _print_key(self):
        from cryptography.fernet import Fernet

        sys.stdout.write(Fernet.generate_key().decode() + "\n")

    def _rotate(self, name):
        with Registry(name).cursor() as cr:
            secrets = api.Environment(cr, SUPERUSER_ID, {})["aftersales.secret"]
            rotated, unreadable = secrets._rotate()
        sys.stdout.write(f"{name}: {rotated} encrypted anew, {unreadable} not readable with these keys\n")
        if unreadable:
            sys.exit("Keep the old keys until every secret is readable.")
