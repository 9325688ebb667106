# SPDX-License-Identifier: Apache-2.0
"""U-Boot uses the disk of its VM; tests/system/virtio.sh prepares the system. Arguments: its .dts, the log."""
import sys

from session import Session, check

SUITE = "system/virtio"
session = Session([sys.argv[1], "--timeout", "120"], sys.argv[2])


def u_boot(command, answer):
    session.type(command + "\r")
    session.wait(answer, 20)
    session.wait(r"^=> $", 20)


def finds_the_disk():
    session.wait(r"\(\d+ bootflows?, \d+ valid\)", 90)
    session.wait(r"=> $", 20)
    u_boot("virtio scan", r"virtio scan\n")
    u_boot("virtio info", r"Capacity: .*\(128 x 512\)")


def reads():
    u_boot("virtio read 0x42000000 7f 1", r"1 blocks read: OK")
    u_boot("md.b 0x420001f8 8", r"74 72 61 70 65 7a 65 0a")


def not_beyond_its_end():
    u_boot("virtio read 0x42000000 7f 2", r"blocks read: ERROR")


def writes():
    u_boot("mw.b 0x42000000 5a 20000", r"mw\.b")
    u_boot("virtio write 0x42000000 0 80", r"128 blocks written: OK")
    u_boot("virtio read 0x43000000 0 80", r"128 blocks read: OK")
    u_boot("cmp.b 0x42000000 0x43000000 10000", r"Total of 65536 byte\(s\) were the same")


def is_as_packed_after_a_reset():
    session.type("reset\r")
    session.wait(r"\(\d+ bootflows?, \d+ valid\)", 90)
    session.wait(r"=> $", 20)
    u_boot("virtio scan", r"virtio scan\n")
    u_boot("virtio read 0x42000000 4 1", r"1 blocks read: OK")
    u_boot("md.b 0x42000000 8", r"74 72 61 70 65 7a 65 0a")


for test in (finds_the_disk, reads, not_beyond_its_end, writes, is_as_packed_after_a_reset):
    check(SUITE, test.__name__, test)
session.to_shell()
session.type("quit\r")
session.end()
