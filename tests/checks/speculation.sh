#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the machine code must hold though no test can see it: nothing is speculated past ERET (the class of XSA-312).
. tests/harness.bash

barrier_after_eret() {
    aarch64-linux-gnu-objdump -d --no-show-raw-insn build/arm64/trapeze.elf | awk '
        { insn = $0; sub(/^[^:]*:[ \t]*/, "", insn); sub(/[ \t]+$/, "", insn) }
        expect == 2 { if (insn !~ /^dsb[ \t]+nsh/) { print "no DSB after ERET: " $0; bad = 1 }; expect = 1; next }
        expect == 1 { if (insn !~ /^isb/) { print "no ISB after ERET and DSB: " $0; bad = 1 }; expect = 0; next }
        insn ~ /^eret/ { found++; expect = 2 }
        END { if (!found) print "there is no ERET at all"; exit bad || !found }'
}
if [[ -e build/arm64/trapeze.elf ]]; then
    check barrier-after-eret barrier_after_eret
else
    skip barrier-after-eret "build/arm64/trapeze.elf is not built"
fi

# The hypervisor computes with no floating-point register on RISC-V: the guest's are in them. Only the moves of fp.c are
# there.
riscv_uses_no_fp() {
    riscv64-linux-gnu-objdump -d --no-show-raw-insn build/riscv64/trapeze.elf | awk '
        $2 ~ /^(c\.)?f(ld|sd|lw|sw|ldsp|sdsp)$/ { moves++; next }
        $1 ~ /^[0-9a-f]+:$/ && $2 ~ /^f/ && $2 !~ /^fence/ && $2 !~ /^f[rs](csr|rm|flags)/ { print; bad = 1 }
        END { if (moves != 64) { print moves " loads and stores, not 64"; bad = 1 }; exit bad }'
}
if [[ -e build/riscv64/trapeze.elf ]] && have riscv64-linux-gnu-objdump; then
    check riscv-no-floating-point riscv_uses_no_fp
else
    skip riscv-no-floating-point "build/riscv64/trapeze.elf is not built"
fi
