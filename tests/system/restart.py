# SPDX-License-Identifier: Apache-2.0
"""VMs restart while another runs; tests/system/restart.sh prepares the system. Arguments: its .dts, the log."""
import re
import sys
import time

from session import Session, check

SUITE = "system/restart"
session = Session([sys.argv[1], "--timeout", "400", "--smp", "2"], sys.argv[2])


def memory():
    """What `mem` says, the same twice in a row."""
    before = None
    for _ in range(20):
        answer = session.ask("mem")
        if answer == before:
            return answer
        before = answer
        time.sleep(0.5)
    raise AssertionError("mem does not settle: " + answer)


def starts(vm):
    return int(re.search(r"^starts +(\d+)", session.ask(f"vm info {vm}"), re.MULTILINE)[1])


def boots():
    session.wait(r"Welcome to linux0", 240)
    session.to("linux1")
    session.wait(r"Welcome to linux1", 240)
    session.to_shell()


def restarts_itself():
    before = memory()
    end = time.monotonic() + 180
    while starts("resets") < 1000:
        assert time.monotonic() < end, f"{starts('resets')} restarts only"
        time.sleep(1)
    after = memory()
    assert before == after, f"memory is lost:\n{before}\n{after}"


def is_stopped():
    for _ in range(20):  # while it resets itself there is nothing to stop
        if "told to stop" in session.ask("vm stop resets"):
            break
    session.wait(r"resets: powered off")
    assert "nothing to stop" in session.ask("vm stop resets")


def is_restarted_by_the_shell():
    session.ask("vm restart waits")
    before = memory()
    first = starts("waits")
    end = time.monotonic() + 120
    while starts("waits") < first + 300:  # one that is told so while it stops is not
        assert time.monotonic() < end, f"{starts('waits') - first} restarts only"
        session.ask("vm restart waits")
    after = memory()
    assert before == after, f"memory is lost:\n{before}\n{after}"


def linux_restarts():
    before = memory()
    for _ in range(2):
        first = starts("linux1")
        assert "starts anew" in session.ask("vm restart linux1")
        session.to("linux1")
        session.wait(r"Run /init.*\n(.*\n)*.*Welcome to linux1", 120)
        session.to_shell()
        assert starts("linux1") == first + 1
    after = memory()
    assert before == after, f"memory is lost:\n{before}\n{after}"


def pauses():
    assert "pauses" in session.ask("vm pause linux1")
    assert re.search(r"linux1 +paused", session.ask("vm list"))
    assert "nothing to pause" in session.ask("vm pause linux1")
    assert "goes on" in session.ask("vm resume linux1")
    assert re.search(r"linux1 +running", session.ask("vm list"))


def the_other_goes_on():
    session.to("linux0")
    session.type("\recho answer=$((6 * 7))\r")
    session.wait(r"^answer=42")


def quits():
    session.to_shell()
    session.type("quit\r")
    assert session.end() == 0


check(SUITE, "boot", boots)
check(SUITE, "itself-1000-times", restarts_itself)
check(SUITE, "stop", is_stopped)
check(SUITE, "by-the-shell", is_restarted_by_the_shell)
check(SUITE, "linux", linux_restarts)
check(SUITE, "pause", pauses)
check(SUITE, "other-goes-on", the_other_goes_on)
check(SUITE, "quit", quits)
