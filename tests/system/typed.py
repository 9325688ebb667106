# SPDX-License-Identifier: Apache-2.0
"""What a user types arrives, whatever interrupt controller brings it: tests/system/riscv64.sh calls this.

Arguments: the suite's name, the test's, the .dts, the log, options of ./run.
"""
import sys

from session import Session, check

suite, name, dts, log, *options = sys.argv[1:]
session = Session([dts, "--timeout", "300", *options], log)


def typed():
    session.wait(r"Welcome to linux0", 240)
    for turn in range(3):
        session.type(f"\recho typed=$(({turn} + 40))\r")
        session.wait(f"^typed={turn + 40}")
    session.to_shell()
    session.type("quit\r")
    assert session.end() == 0


check(suite, name, typed)
