"""The keys that customers' secrets are encrypted with (PRIV-01). They never come near the database.

Read anew each time, so that a key can be added or taken away without a restart of more than the environment:

1. ``AFTERSALES_SECRET_KEYS`` in the environment: keys, separated by commas;
2. a file with one key a line, named by ``AFTERSALES_SECRET_KEYS_FILE`` in the environment or by
   ``aftersales_secret_keys_file`` in odoo.conf.

The first key encrypts; every key decrypts. To change keys, put a new one in front, run
``odoo aftersales_rotate -d DATABASE`` and then take the old one away.
"""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo.tools import config

ENVIRONMENT = "AFTERSALES_SECRET_KEYS"
ENVIRONMENT_FILE = "AFTERSALES_SECRET_KEYS_FILE"
OPTION_FILE = "aftersales_secret_keys_file"

__all__ = ["InvalidToken", "KeyringError", "decrypt", "encrypt", "fault", "new_key", "rotate"]


class KeyringError(Exception):
    """No encryption now. ``code``: "missing", "unreadable" (the file) or "malformed" (a key)."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def fault():
    """Why nothing can be encrypted, as a code of KeyringError; None where all is well."""
    try:
        _fernet()
    except KeyringError as error:
        return error.code
    return None


def encrypt(text):
    return _fernet().encrypt(text.encode()).decode()


def decrypt(ciphertext):
    """:raise InvalidToken: none of the keys fits, or the ciphertext was altered"""
    return _fernet().decrypt(ciphertext.encode()).decode()


def rotate(ciphertext):
    """The same secret under the first key."""
    return _fernet().rotate(ciphertext.encode()).decode()


def new_key():
    return Fernet.generate_key().decode()


def _fernet():
    try:
        keys = [Fernet(key) for key in _keys()]
    except ValueError:  # nothing of the key itself may get into a log
        raise KeyringError("malformed") from None
    if not keys:
        raise KeyringError("missing")
    return MultiFernet(keys)


def _keys():
    text = os.environ.get(ENVIRONMENT) or _from_file()
    return text.replace(",", "\n").split()


def _from_file():
    path = os.environ.get(ENVIRONMENT_FILE) or config.get(OPTION_FILE)
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise KeyringError("unreadable") from None
