#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guests that are broken on purpose: for each the log says what it does, where, and what to do about it.
. tests/system/lib.bash

. tests/system/broken.bash

make -s build/guests/arm64/hello.bin build/tool/trapeze || exit 1
scripts/fetch arm64-kernel || exit 1
LINUX=$PWD/.cache/guests/arm64/vmlinuz
HELLO=$PWD/build/guests/arm64/hello.bin

# ---- files that are no kernel: refused, and the others start

make_files() {
    head -c 65536 /dev/zero >"$BIN/zeros.bin"
    head -c 20000000 "$LINUX" >"$BIN/cut.bin"
    printf 'This is my kernel configuration.\n# CONFIG_HYPERVISOR is not set\n%.0s' {1..40} >"$BIN/text.txt"
    cp /bin/true "$BIN/host.elf"
    # Bit 0 of the flags at 24: big-endian.
    cp "$HELLO" "$BIN/big_endian.bin"
    printf '\x01' | dd of="$BIN/big_endian.bin" bs=1 seek=24 conv=notrunc status=none
}
# refused NAME PATTERN: a system of that kernel does not boot, and that is why; at pack time or at boot.
refused() {
    vm "$1" "$BIN/$2" | system "refused-$1"
    run_system "refused-$1" 1
    grep -aE "error: .*$3" "$LOGS/refused-$1.out" || {
        cat "$LOGS/refused-$1.out"
        return 1
    }
}
make_files
check zeros refused zeros zeros.bin 'only zeros'
check text refused text text.txt 'looks like .*text'
check truncated refused cut cut.bin 'is cut off'
check other-machine refused elf host.elf '[Ee]LF|machine|architecture'
check big-endian refused big big_endian.bin 'big-endian'

# ---- guests that run, and say nothing

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
    vm cpu_on_garbage "$BIN/cpu_on_garbage.bin" '' 2
}
first | system first
check first-run run_system first 8 --smp 4
check null told first null 'jumped to 0x0,.* returns to 0x40000008' 'never set'
check linked-elsewhere told first linked_elsewhere 'jumped to 0x80080400' 'loaded to 0x40000000'
check waits told first waits 'they are masked, no timer is set' 'none of its devices'
check handler told first handler 'in its exception vectors' 'a BRK instruction at 0x4000000c'
check bad-handler told first bad_handler 'reads 4 bytes at 0x50000000' 'handler fails'
check other-board told first other_board 'wrote to 0x9000000' "UART of QEMU's virt"
check polls told first polls 'UART\+0x18' 'does not come'
check cpu-on told first cpu_on 'start vCPU 1 at 0xffff000040080000' 'not a virtual one'

second | system second
check second-run run_system second 6 --smp 4
check loops told second loops 'pc=0x40000000: it has been there' 'loaded to 0x40000000'
# An ELF file has names.
check named told second named 'pc=0x40000000 \(_start\+0x0\): it has been there' 'loaded to 0x40000000'
check timer told second timer 'its timer has fired but is not enabled' 'halted by itself'
check data told second data 'first instructions fail: an undefined instruction at 0x40000000' 'no kernel'
check resets told second resets 'reset itself 3 times' 'panic='
check cpu-on-garbage told second cpu_on_garbage 'vCPU 1 .* an undefined instruction at 0x40400000' 'set its vectors'
silent_end() { grep -aE 'trapeze: warning: off: it is off, and has printed nothing' "$LOGS/second.out"; }
check off silent_end

# ---- Linux, misconfigured

linux() {
    local kernel=debian:linux-arm64 ramdisk=debian:initramfs-arm64
    vm ttyS0 $kernel 'console=ttyS0' 1 262144 $ramdisk
    vm earlycon $kernel 'console=ttyAMA0 earlycon=pl011,0x09000000' 1 262144 $ramdisk
    vm noinitrd $kernel 'console=ttyAMA0' 1 262144
}
linux | system linux
check linux-run run_system linux 3 --smp 4
check wrong-console told linux ttyS0 'console=ttyS0' 'Write console=ttyAMA0'
check earlycon told linux earlycon '0x90000[0-9a-f]*' "UART of QEMU's virt"
check no-initrd told linux noinitrd 'Unable to mount root fs' 'it has no initrd'
