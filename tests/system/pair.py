# SPDX-License-Identifier: Apache-2.0
"""A user at the terminal of a pair of Linux guests, on any architecture: tests/system/riscv64.sh and arm.sh call it.

Arguments: the suite's name, the .dts, the log, then options of ./run.
"""
import re
import sys

from session import Session, check

SUITE = sys.argv[1]
session = Session([sys.argv[2], "--timeout", "400", *sys.argv[4:]], sys.argv[3])


def boots():
    session.wait(r"Welcome to linux0", 240)
    session.to("linux1")
    session.wait(r"Welcome to linux1", 240)


def types_in_both():
    session.type("\recho second=$((6 * 8))\r")
    session.wait(r"^second=48")
    session.to("linux0")
    session.type("\recho first=$((6 * 7))\r")
    session.wait(r"^first=42")


def a_long_line_arrives_whole():
    text = "x" * 200
    session.type(f"\rprintf %s {text} | wc -c\r")
    session.wait(r"^200$")


def floating_point_is_its_own():
    """Two guests compute with the same registers at the same time."""
    session.type("\rawk 'BEGIN { for (i = 1; i < 200000; i++) s += 1 / i; printf \"sum %.6f\\n\", s }'\r")
    session.to("linux1")
    session.type("\rawk 'BEGIN { for (i = 1; i < 200000; i++) s += 2 / i; printf \"sum %.6f\\n\", s }'\r")
    session.wait(r"^sum 25.566572", 60)
    session.to("linux0")
    session.wait(r"^sum 12.783286", 60)


def traces():
    session.to_shell()
    answer = session.traced("linux0")
    # Where privileged instructions trap, those fill it.
    words = r"(reads|writes) \d bytes? .*\(UART\+0x|csrr[sc] sstatus = 0x[0-9a-f]+, which was 0x"
    assert re.search(rf"({words}).*, \d+ (ns|instructions)\r?$", answer, re.MULTILINE), answer
    assert not re.search(r"class we do not name|syndrome 0x|guests do not have", answer), answer
    session.ask("trace linux0 off")


def counts():
    answer = session.ask("stat linux0")
    assert re.search(r"mmio +[1-9]\d*", answer, re.IGNORECASE), answer
    answer = session.ask("vm info linux0")
    assert re.search(r"^starts +1$", answer, re.MULTILINE), answer


def restarts():
    assert "starts anew" in session.ask("vm restart linux1")
    session.to("linux1")
    session.wait(r"Welcome to linux1", 120)
    session.type("\rnproc\r")
    session.wait(r"^1$")
    session.to_shell()


def pauses():
    assert "pauses" in session.ask("vm pause linux1")
    assert re.search(r"linux1 +paused", session.ask("vm list"))
    assert "goes on" in session.ask("vm resume linux1")


def reboots_from_inside():
    session.to("linux1")
    session.type("\rreboot -f\r")
    session.wait(r"Welcome to linux1", 120)


def quits():
    session.to_shell()
    session.type("quit\r")
    assert session.end() == 0


check(SUITE, "boot", boots)
check(SUITE, "types-in-both", types_in_both)
check(SUITE, "long-line", a_long_line_arrives_whole)
check(SUITE, "floating-point", floating_point_is_its_own)
check(SUITE, "trace", traces)
check(SUITE, "stat", counts)
check(SUITE, "restart", restarts)
check(SUITE, "pause", pauses)
check(SUITE, "reboot", reboots_from_inside)
check(SUITE, "quit", quits)
