# SPDX-License-Identifier: Apache-2.0
"""The trace of an emulated guest, where instructions are counted: tests/system/riscv64-emulate.sh calls this.

Arguments: the suite's name, the test's, the .dts, the log, options of ./run.
"""
import re
import sys

from session import Session, check

suite, name, dts, log, *options = sys.argv[1:]
session = Session([dts, "--timeout", "400", *options], log)


def costs():
    """Each privileged instruction by name, with its register, its value and what it cost."""
    session.wait(r"Welcome to linux0", 360)
    session.to_shell()
    answer = session.traced("linux0")
    found = re.findall(r"linux0/0 pc=[0-9a-f]+ csrrw sscratch = 0x[0-9a-f]+, which was 0x[0-9a-f]+, (\d+) instructions",
                       answer)
    assert found, answer
    # The same each time, but for what is read as well.
    assert all(20 < int(cost) < 5000 for cost in found) and len(set(found)) <= 3, answer
    assert re.search(r"executes sret, \d+ instructions", answer), answer
    session.type("quit\r")
    assert session.end() == 0


check(suite, name, costs)
