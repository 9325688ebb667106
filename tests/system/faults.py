# SPDX-License-Identifier: Apache-2.0
"""Faults made by QEMU's debugging stub; tests/system/faults.sh prepares the system. Arguments: its .dts, the folder of logs."""
import os
import re
import subprocess
import sys

from session import check
from stub import Stub

SUITE = "system/faults"
SYSTEM, LOGS = sys.argv[1:3]

# QEMU's virt machine (its hw/arm/virt.c) and its devices' registers.
GICD = 0x08000000
GICD_ISENABLER = GICD + 0x100
GICD_ISPENDR = GICD + 0x200
GICD_ICPENDR = GICD + 0x280
RTC = 0x09010000  # PL031, DDI 0224
RTC_DR, RTC_MR, RTC_IMSC = RTC, RTC + 4, RTC + 0x10
RTC_INTID = 34
SPI_UNUSED = 200  # nobody's
GDB_PC = 32


def symbol(name):
    listing = subprocess.run([os.environ["NM"], "build/arm64/trapeze.elf"], text=True, capture_output=True, check=True)
    return int(re.search(rf"^(\w+) [tT] {name}$", listing.stdout, re.MULTILINE)[1], 16)


def word_and_bit(base, intid):
    return base + intid // 32 * 4, 1 << intid % 32


class Machine:
    """Two VMs, each alone on its CPU if there are two, and a debugger."""

    def __init__(self, name, *arguments):
        path = f"{LOGS}/{name}.stub"
        if os.path.exists(path):
            os.unlink(path)
        words = ["./run", SYSTEM, "--batch", "--timeout", "60", *arguments]
        for word in ["-gdb", f"unix:{path},server=on,wait=off"]:
            words += ["--qemu-arg", word]
        self.name = name
        self.run = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.stub = Stub(path)
        self.text = ""

    def end(self):
        output, _ = self.run.communicate(timeout=100)
        self.text = output.replace(b"\0", b"").replace(b"\r", b"").decode(errors="replace")
        with open(f"{LOGS}/{self.name}.out", "w", encoding="utf-8") as file:
            file.write(self.text)
        assert self.run.returncode == 0, f"./run ended with status {self.run.returncode}; its output ends:\n" + self.text[-1500:]

    def says(self, pattern, count=1):
        found = len(re.findall(pattern, self.text, re.MULTILINE))
        assert found == count, f"'{pattern}' is there {found} times, not {count}:\n" + self.text[-1500:]

    def passed(self, count=2):
        self.says(r"^(first|second): .*\b[1-9]\d* passed, 0 failed", count)


def into_guests(machine):
    """Go on until a guest has just called or been trapped."""
    machine.stub.run_to(symbol("guest_sync"))


def unexpected():
    """An interrupt that was enabled by nobody knows whom."""
    machine = Machine("unexpected")
    into_guests(machine)
    for base in GICD_ISENABLER, GICD_ISPENDR:
        machine.stub.write_word(*word_and_bit(base, SPI_UNUSED))
    machine.stub.go()
    machine.end()
    machine.says(f"interrupt {SPI_UNUSED} has no handler")
    machine.passed()


def spurious():
    """One that is withdrawn when the CPU has already taken the exception: the GIC says 1023."""
    machine = Machine("spurious")
    into_guests(machine)
    for _ in range(20):
        for base in GICD_ISENABLER, GICD_ISPENDR:
            machine.stub.write_word(*word_and_bit(base, SPI_UNUSED))
        machine.stub.run_to(symbol("guest_irq"))
        machine.stub.write_word(*word_and_bit(GICD_ICPENDR, SPI_UNUSED))
    machine.stub.go()
    machine.end()
    machine.passed()


def stuck():
    """A level that nobody takes back: the CPU that it interrupts must not do so for ever."""
    machine = Machine("stuck")
    into_guests(machine)
    machine.stub.write_word(RTC_IMSC, 1)
    machine.stub.write_word(RTC_MR, machine.stub.read_word(RTC_DR))
    machine.stub.write_word(*word_and_bit(GICD_ISENABLER, RTC_INTID))
    machine.stub.go()
    machine.end()
    machine.says(f"interrupt {RTC_INTID} has no handler")
    machine.passed()


def serror():
    """What came as a trap goes on as an SError; its syndrome stays the trap's."""
    machine = Machine("serror")
    into_guests(machine)
    machine.stub.write_register(GDB_PC, symbol("guest_serror"))
    machine.stub.go()
    machine.end()
    machine.says(r"(first|second): SError while vCPU 0 ran, ESR_EL2 0x[0-9a-f]+: stopping the VM")
    machine.passed(1)


def late_serror():
    """One that arrives when its vCPU is being saved. An HVC stands for it: both leave ELR behind the instruction."""
    machine = Machine("late_serror")
    into_guests(machine)
    vectors = symbol("vectors")
    # The window's ISB, and "b" from the vector of synchronous exceptions of EL2 to that of SErrors.
    machine.stub.write_code(symbol("drain_begin") + 4, 0xD4000002)
    machine.stub.write_code(vectors + 0x200, 0x14000000 | 0x180 // 4)
    machine.stub.go()
    machine.end()
    machine.says(r"(first|second): SError while vCPU 0 ran, ESR_EL2 0x[0-9a-f]+: stopping the VM", 2)
    machine.says(r"every VM is off: powering off")


def silent_cpu():
    """The firmware says that it starts CPU 1, and it never comes."""
    machine = Machine("silent_cpu", "--qemu-arg", "-S")
    machine.stub.ask("?")
    machine.stub.go_only(1)
    machine.end()
    machine.says(r"CPU 1 does not come up; going on without it")
    machine.says(r"1 of 2 CPUs")
    machine.passed()


def late_cpu():
    """It comes when it was given up, and guests run."""
    machine = Machine("late_cpu", "--qemu-arg", "-S")
    machine.stub.ask("?")
    machine.stub.run_to(symbol("guest_sync"), only=1)
    machine.stub.go()
    machine.end()
    machine.says(r"CPU 1 does not come up; going on without it")
    machine.passed()


for test in unexpected, spurious, stuck, serror, late_serror, silent_cpu, late_cpu:
    check(SUITE, test.__name__, test)
