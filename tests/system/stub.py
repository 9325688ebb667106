# SPDX-License-Identifier: Apache-2.0
"""QEMU's debugging stub (GDB's remote serial protocol) as a test's hand: stops, breakpoints, registers, memory.

Connecting stops the machine.
"""
import re
import socket
import time


class Stub:
    def __init__(self, path, seconds=30):
        end = time.monotonic() + seconds
        self.wire = socket.socket(socket.AF_UNIX)
        self.wire.settimeout(seconds)
        while True:
            try:
                self.wire.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        self.unread = b""

    def _packet(self):
        while True:
            found = re.search(rb"\$([^#]*)#..", self.unread)
            if found:
                self.unread = self.unread[found.end():]
                self.wire.sendall(b"+")
                return found[1].decode()
            data = self.wire.recv(4096)
            if not data:
                raise EOFError("QEMU is gone")
            self.unread += data

    def send(self, text):
        self.wire.sendall(f"${text}#{sum(text.encode()) % 256:02x}".encode())

    def ask(self, text):
        self.send(text)
        return self._packet()

    def must(self, text):
        answer = self.ask(text)
        if answer != "OK":
            raise OSError(f"the stub answers {text} with '{answer}'")

    def go(self):
        """Let all CPUs run; what stops them is for wait()."""
        self.send("vCont;c")

    def go_only(self, cpu):
        """Let CPU (1, 2, ...) run; the others stand still, for ever."""
        self.send(f"vCont;c:p1.{cpu:x}")

    def wait(self):
        return self._packet()

    def run_to(self, address, only=None):
        """Go on until a CPU is about to execute what is at ADDRESS. Its registers are the current ones then."""
        self.must(f"Z1,{address:x},4")
        if only is None:
            self.go()
        else:
            self.go_only(only)
        stopped = self.wait()
        self.must(f"z1,{address:x},4")
        thread = re.search(r"thread:([^;]+);", stopped)
        if thread:
            self.must(f"Hg{thread[1]}")

    def write_register(self, number, value):
        self.must(f"P{number:x}={value.to_bytes(8, 'little').hex()}")

    def write_word(self, address, value):
        """32 bits at a physical address, of a device too."""
        self.must("Qqemu.PhyMemMode:1")
        self.must(f"M{address:x},4:{value.to_bytes(4, 'little').hex()}")
        self.must("Qqemu.PhyMemMode:0")

    def write_code(self, address, instruction):
        """At a virtual address of the CPU that stopped."""
        self.must(f"M{address:x},4:{instruction.to_bytes(4, 'little').hex()}")

    def read_code(self, address):
        return int.from_bytes(bytes.fromhex(self.ask(f"m{address:x},4")), "little")

    def read_word(self, address):
        self.must("Qqemu.PhyMemMode:1")
        value = int.from_bytes(bytes.fromhex(self.ask(f"m{address:x},4")), "little")
        self.must("Qqemu.PhyMemMode:0")
        return value
