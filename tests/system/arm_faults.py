# SPDX-License-Identifier: Apache-2.0
"""Asynchronous aborts on ARMv7, made by QEMU's debugging stub: each comes to the guest that ran, and to no other.

tests/system/arm.sh calls it. Arguments: tests/guest/arm/abort.dts, the folder of logs.
"""
import os
import re
import subprocess
import sys

from session import check
from stub import Stub

SUITE = "system/arm"
SYSTEM, LOGS = sys.argv[1:3]

GDB_R1 = 1
# HSR: a data abort from below with a 32-bit instruction, status "asynchronous external abort" (DDI 0406C, B3.13.6).
HSR_ASYNC_ABORT = 0x24 << 26 | 1 << 25 | 0x11
HVC_0 = 0xE1400070
VECTOR_CALL, VECTOR_DATA = 0x08, 0x10


def symbol(name):
    listing = subprocess.run([os.environ["NM"], "build/arm/trapeze.elf"], text=True, capture_output=True, check=True)
    return int(re.search(rf"^(\w+) [tT] {name}$", listing.stdout, re.MULTILINE)[1], 16)


def branch(at, to):
    return 0xEA000000 | (to - at - 8) // 4 & 0xFFFFFF


def run(name, make_abort):
    path = f"{LOGS}/{name}.stub"
    if os.path.exists(path):
        os.unlink(path)
    words = ["./run", SYSTEM, "--batch", "--timeout", "60", "--smp", "1"]
    for word in ["-gdb", f"unix:{path},server=on,wait=off"]:
        words += ["--qemu-arg", word]
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    stub = Stub(path)
    make_abort(stub)
    stub.go()
    output, _ = child.communicate(timeout=100)
    text = output.replace(b"\0", b"").replace(b"\r", b"").decode(errors="replace")
    with open(f"{LOGS}/{name}.out", "w", encoding="utf-8") as file:
        file.write(text)
    assert child.returncode == 0, text[-1500:]
    assert len(re.findall(r"\b1 passed, 0 failed", text)) == 2, text[-1500:]
    told = re.findall(r"(first|second): asynchronous abort while vCPU 0 ran: handed to it", text)
    taken = re.findall(r"(first|second).*aborts=1", text)
    return told, taken, text


def while_it_runs():
    def make(stub):
        stub.run_to(symbol("handle_rare"))
        stub.write_register(GDB_R1, HSR_ASYNC_ABORT)

    told, taken, text = run("arm-abort", make)
    assert len(told) == 1 and told == taken, text[-1500:]


def when_it_is_saved():
    """An HVC of our own stands for it: both leave ELR_hyp behind an instruction of the window."""
    def make(stub):
        stub.run_to(symbol("guest_sync"))
        vectors = symbol("vectors")
        stub.write_code(vectors + VECTOR_CALL, branch(vectors + VECTOR_CALL, vectors + VECTOR_DATA))
        window = symbol("drain_begin") + 4
        stub.run_to(window)
        isb = stub.read_code(window)
        stub.write_code(window, HVC_0)
        stub.run_to(symbol("fatal_data"))
        stub.write_code(window, isb)

    told, taken, text = run("arm-abort-late", make)
    assert len(told) == 1 and told == taken, text[-1500:]


check(SUITE, "abort-while-it-runs", while_it_runs)
check(SUITE, "abort-when-it-is-saved", when_it_is_saved)
