# SPDX-License-Identifier: Apache-2.0
"""KiB that the hypervisor uses beside its image for ./run's usual pair of guests, once both are up. Arguments: the log, and
another pair's system description."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/system"))
from session import Session  # noqa: E402

session = Session(sys.argv[2:] + ["--timeout", "400"], sys.argv[1])
session.wait(r"Welcome to linux0", 240)
session.to("linux1")
session.wait(r"Welcome to linux1", 240)
session.to_shell()
print(re.search(r"^used +(\d+) KiB", session.ask("mem"), re.MULTILINE)[1])
session.type("quit\r")
session.end()
