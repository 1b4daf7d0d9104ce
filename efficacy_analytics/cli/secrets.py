"""A password given in an address on the command line: out of the list of processes before anything else is done."""

import os
import sys


def hide_passwords() -> None:
    """Begins anew without the password where an address holds one; it goes on in the environment."""
    from efficacy_analytics.lake.database.address import address_of, is_address

    words = list(sys.orig_argv[1:])
    given: dict[str, str] = {}
    for place, word in enumerate(words):
        if is_address(word) and (address := address_of(word)).secrets:
            given[address.system.password_variable] = address.secrets["password"]
            words[place] = address.url
    if given:
        os.execve(sys.executable, [sys.executable, *words], {**os.environ, **given})
