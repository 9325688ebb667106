#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ARMv7 guests that are broken on purpose: for each the log says what it does, where, and what to do about it. What does
# not depend on the architecture is in diagnosis.sh.
BROKEN_ARCH=arm
. tests/system/lib.bash

have arm-linux-gnueabihf-gcc || {
    skip '' "there is no arm-linux-gnueabihf-gcc"
    exit 0
}
. tests/system/broken.bash

make -s build/tool/trapeze || exit 1
scripts/fetch arm-sysroot arm-kernel arm-busybox || exit 1

first() {
    local name
    for name in null linked_elsewhere waits handler bad_handler other_board polls; do
        vm "$name" "$BIN/$name.bin"
    done
    vm cpu_on "$BIN/cpu_on.bin" '' 2
}
second() {
    local name
    for name in loops off timer data resets; do
        vm "$name" "$BIN/$name.bin"
    done
    vm named "$BIN/loops.elf"
}
first | system arm-first
check first-run run_system arm-first 8 --smp 4
check null told arm-first null 'jumped to 0x0,.* returns to 0x40000008' 'never set'
check linked-elsewhere told arm-first linked_elsewhere 'jumped to 0x80080400' 'loaded to 0x40000000'
check waits told arm-first waits 'they are masked, no timer is set' 'none of its devices'
check handler told arm-first handler 'in its exception vectors' 'an undefined instruction at 0x4000000c'
check bad-handler told arm-first bad_handler 'reads 4 bytes at 0x10000000' 'handler fails'
check other-board told arm-first other_board 'wrote to 0x9000000' "UART of QEMU's virt"
check polls told arm-first polls 'UART\+0x18' 'does not come'
check cpu-on told arm-first cpu_on 'start vCPU 1 at 0xc0008000' 'not a virtual one'

second | system arm-second
check second-run run_system arm-second 5 --smp 4
check loops told arm-second loops 'pc=0x40000000: it has been there' 'loaded to 0x40000000'
check named told arm-second named 'pc=0x40000000 \(_start\+0x0\): it has been there' 'loaded to 0x40000000'
check timer told arm-second timer 'its timer has fired but is not enabled' 'halted by itself'
check data told arm-second data 'first instructions fail: an undefined instruction at 0x40000000' 'no kernel'
check resets told arm-second resets 'reset itself 3 times' 'panic='
silent_end() { grep -aE 'trapeze: warning: off: it is off, and has printed nothing' "$LOGS/arm-second.out"; }
check off silent_end

linux() {
    local kernel=debian:linux-arm ramdisk=debian:initramfs-arm
    vm ttyS0 $kernel 'console=ttyS0' 1 262144 $ramdisk
    vm noinitrd $kernel 'console=ttyAMA0' 1 262144
}
linux | system arm-linux
check linux-run run_system arm-linux 2 --smp 2
check wrong-console told arm-linux ttyS0 'console=ttyS0' 'Write console=ttyAMA0'
check no-initrd told arm-linux noinitrd 'Unable to mount root fs' 'it has no initrd'
