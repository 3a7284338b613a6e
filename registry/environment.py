"""Which variables of the environment does this program look at? Their names, and the one way to read them.

Apart from `registry.settings`, because the verifier runs without a registry and should not wait for what reads one.
"""

import os

HOME_VARIABLE = "ACCESSION_HOME"
DEBUG_VARIABLE = "ACCESSION_DEBUG"
PERSON_VARIABLE = "ACCESSION_AS"
KEYS_PASSPHRASE_VARIABLE = "ACCESSION_KEYS_PASSPHRASE"  # noqa: S105 - the name of a variable
KEYS_PIN_VARIABLE = "ACCESSION_KEYS_PIN"
PASSWORD_VARIABLE = "ACCESSION_PASSWORD"  # noqa: S105 - the name of a variable


def variable(name: str) -> str | None:
    """The value of one of the variables named in this module, or None."""
    return os.environ.get(name)  # noqa: TID251 - this is the one reader
