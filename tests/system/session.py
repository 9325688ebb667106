# SPDX-License-Identifier: Apache-2.0
"""A user at the terminal of ./run: types, and waits for what must come, never for time to pass."""
import os
import pty
import re
import select
import signal
import sys
import time

SWITCH = b"\x01\x01\x01"
PROMPT = r"trapeze> $"


class Lost(Exception):
    """What was waited for did not come."""


class Session:
    def __init__(self, arguments, log):
        self.log = open(log, "wb")
        self.unseen = b""
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.execv("./run", ["./run", *arguments])

    def _read(self, seconds):
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.log.write(data)
        self.log.flush()
        self.unseen += data.replace(b"\x00", b"").replace(b"\r", b"")
        return bool(data)

    def wait(self, pattern, seconds=60):
        """Until new output matches: the match. What comes before it is seen."""
        end = time.monotonic() + seconds
        alive = True
        while True:
            found = re.search(pattern.encode(), self.unseen, re.MULTILINE)
            if found:
                self.unseen = self.unseen[found.end():]
                return found
            if not alive or time.monotonic() >= end:
                raise Lost(f"waited in vain for '{pattern}'; the last output:\n"
                           + self.unseen[-1500:].decode(errors="replace"))
            alive = self._read(max(0, min(1, end - time.monotonic())))

    def type(self, text):
        os.write(self.terminal, text if isinstance(text, bytes) else text.encode())

    def to(self, owner):
        """Switch to the console of OWNER, which is not in front; "trapeze" is the shell."""
        for _ in range(20):
            self.type(SWITCH)
            name = self.wait(r"^trapeze: (\S+) is in front")[1].decode()
            if name == owner:
                return
        raise Lost(f"{owner} is not in the turn")

    def to_shell(self):
        self.to("trapeze")
        self.type("\r")
        self.wait(PROMPT, 20)

    def ask(self, command, seconds=20):
        """The shell's answer to COMMAND, as text."""
        self.type(command + "\r")
        self.wait(re.escape(command) + r"\n", seconds)
        before = self.unseen
        end = time.monotonic() + seconds
        while True:
            found = re.search(rb"\ntrapeze> |^trapeze> ", self.unseen)
            if found:
                answer = self.unseen[:found.start()]
                self.unseen = self.unseen[found.end():]
                return answer.decode(errors="replace")
            if time.monotonic() >= end or not self._read(1):
                raise Lost(f"no answer to '{command}': {before!r}")

    def traced(self, vm, command="true"):
        """What VM's trace has once its shell has run COMMAND. Begins and ends in Trapeze's shell."""
        self.ask(f"trace {vm} on")
        self.to(vm)
        self.type(f"\r{command}; echo traced\r")
        self.wait(r"^traced")
        self.to_shell()
        return self.ask(f"trace {vm} show")

    def end(self):
        """The exit status, once it has ended by itself."""
        end = time.monotonic() + 30
        while time.monotonic() < end and self._read(1):
            pass
        for _ in range(50):
            pid, status = os.waitpid(self.child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.1)
        os.kill(self.child, signal.SIGTERM)
        os.waitpid(self.child, 0)
        return None


def check(suite, name, test):
    """One line of result, as tests/harness.bash prints it."""
    try:
        test()
    except (Lost, AssertionError, OSError) as error:
        print(f"FAIL {suite}/{name}")
        for line in str(error).splitlines()[:40]:
            print("    " + line)
    else:
        print(f"ok {suite}/{name}")
    sys.stdout.flush()
