# SPDX-License-Identifier: Apache-2.0
"""A VM's trace has what is asked for, while its shell runs a command: tests/system/gicc.sh calls this.

Arguments: the suite's name, the test's, the .dts, the log, a command, a pattern of a trace's line; options of ./run.
"""
import re
import sys

from session import Session, check

suite, name, dts, log, command, pattern, *options = sys.argv[1:]
session = Session([dts, "--timeout", "300", *options], log)


def traced():
    session.wait(r"Welcome to linux0", 240)
    session.to_shell()
    answer = session.traced("linux0", command)
    assert re.search(pattern, answer, re.MULTILINE), f"no {pattern} in:\n{answer}"
    session.type("quit\r")
    assert session.end() == 0


check(suite, name, traced)
