# SPDX-License-Identifier: Apache-2.0
"""Counts of bench/plugin/count.c by function or line. Arguments: addr2line, the ELF file, rounds, --lines or functions,
the file of counts, and one to take off."""
import collections
import os
import subprocess
import sys

ROWS = 40


def counts(name):
    with open(name, encoding="ascii") as file:
        return {int(f[1], 16): int(f[2]) for f in map(str.split, file) if f[0] == "at"}


def places(addr2line, elf, addresses):
    """The innermost function and the line of each address."""
    answer = subprocess.run([addr2line, "-f", "-i", "-a", "-e", elf], text=True, capture_output=True, check=True,
                            input="\n".join(map(hex, addresses))).stdout.splitlines()
    found, frames, address = {}, [], None
    for line in [*answer, "0x0"]:
        if line.startswith("0x"):
            if address is not None:
                found[address] = frames
            address, frames = int(line, 16), []
        else:
            frames.append(line)
    return found


def main():
    addr2line, elf, rounds, how, first, *less = sys.argv[1:]
    total = collections.Counter(counts(first))
    for name in less:
        total.subtract(counts(name))
    where = places(addr2line, elf, sorted(total))
    rows = collections.Counter()
    for address, number in total.items():
        function, line, *outer = where[address]
        name = function if function != "??" else "boot, before the MMU is on"
        if how == "--lines":
            name += "  " + os.path.relpath(line.split(" ")[0]) if line[0] != "?" else ""
        elif outer:
            name += f"  (in {outer[-2]})"
        rows[name] += number
    print(f"{sum(rows.values()) / int(rounds):12.1f}  all")
    for name, number in rows.most_common(ROWS):
        print(f"{number / int(rounds):12.1f}  {name}")


try:
    main()
except BrokenPipeError:
    sys.stderr.close()
