#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RISC-V with the H extension: the pair of Debian guests over the matrix of machines, and a
# user at the terminal.
QEMU=qemu-system-riscv64
. tests/system/lib.bash
. tests/system/disk.bash
have riscv64-linux-gnu-gcc || {
    skip '' "there is no riscv64-linux-gnu-gcc"
    exit 0
}

PAIR=examples/riscv64-linux-pair.dts
# Printed by each guest's shell; the multiplication tells the answer from the echo of the question.
QUESTION='echo answer=$((6 * 7)) cpus=$(nproc) mmu=$(sed -n "s/^mmu.*: //p" /proc/cpuinfo | head -n 1)'

# harts, memory, mode of satp, -cpu, -machine
# Each value occurs; with TEST_FULL each by itself too.
MATRIX="
2 1G sv57 rv64
1 4G sv39 rv64,sv39=on,sv48=off,sv57=off,sstc=false
4 8G sv57 max
2 2G sv57 rv64 virt,aia=aplic-imsic
2 2G sv48 rv64,sv57=off,sstc=false virt,aia=aplic
${TEST_FULL:+
1 2G sv57 rv64
4 8G sv57 rv64
2 2G sv48 rv64,sv57=off
2 2G sv39 rv64,sv39=on,sv48=off,sv57=off
2 2G sv57 rv64,sstc=false
4 1G sv57 max virt,aia=aplic-imsic}
"
boots() {
    local name=$1 smp=$2 memory=$3 mode=$4 cpu=$5 machine=$6
    boot "$name" 0 "$PAIR" --timeout 240 --machine "$machine" --cpu "$cpu" --smp "$smp" --memory "$memory" \
        --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" || return 1
    says "$name" linux0 "answer=42 cpus=2 mmu=$mode" && says "$name" linux1 "answer=42 cpus=1 mmu=$mode" || return 1
    # What a kernel says when its harts, clock or interrupts are not as they should be.
    silent "$name" 'Unable to handle|rcu: INFO|soft lockup|Oops|Kernel panic|failed to come online|spurious'
}
while read -r smp memory mode cpu machine; do
    [[ -n $smp ]] || continue
    name=$smp-$memory-${cpu//[,=]/-}${machine:+-${machine##*=}}
    check "$name" boots "$name" "$smp" "$memory" "$mode" "$cpu" "${machine:-virt}" </dev/null
done <<<"$MATRIX"

# Interrupt files of the host's for guests: two VMs, with a file each on the second CPU.
imsic() {
    boot imsic 0 tests/system/riscv64-imsic.dts --timeout 240 --machine virt,aia=aplic-imsic,aia-guests=3 \
        --exec 'linux0=grep -c APLIC-MSI /proc/interrupts; '"$QUESTION" --exec "linux1=$QUESTION" || return 1
    says imsic linux0 'answer=42 cpus=2' && says imsic linux1 'answer=42 cpus=1' && says imsic linux0 ' 1$'
    silent imsic 'Unable to handle|rcu: INFO|soft lockup|Oops|Kernel panic|failed to come online|spurious'
}
check imsic imsic
no_files() {
    boot no-files 0 tests/system/riscv64-imsic.dts --timeout 60 --machine virt,aia=aplic-imsic || return 1
    has no-files 'The machine has no interrupt files for guests'
}
check no-files no_files

small_board() {
    sed 's/arm64/riscv64/g; s/ttyAMA0/ttyS0/g' tests/system/small-pair.dts >"$LOGS/small.dts"
    boot small 0 "$LOGS/small.dts" --timeout 240 --memory 512M --exec 'linux0=echo small=$((6 * 7))' --exec linux1=true &&
        says small linux0 small=42
}
check small-board small_board

# The hypervisor at another address: QEMU puts a U-Boot image where its header says.
elsewhere() {
    local packed=$LOGS/boot
    rm -rf "$packed"
    cp -r build/run/riscv64-linux-pair/boot "$packed" || return 1
    python3 - build/riscv64/trapeze.bin "$packed/trapeze.bin" <<-'END'
		import struct, sys, zlib
		data, load = open(sys.argv[1], "rb").read(), 0xB3400000
		def header(crc):
		    return struct.pack(">IIIIIIIBBBB32s", 0x27051956, crc, 0, len(data), load, load, zlib.crc32(data), 17, 26, 2, 0, b"")
		open(sys.argv[2], "wb").write(header(zlib.crc32(header(0))) + data)
	END
    build/tool/trapeze run "$packed" --arch=riscv64 --no-input --timeout 120 </dev/null >"$LOGS/elsewhere.out" 2>&1
    has elsewhere 'Next Address      : 0x00000000b3400000' 'every VM is off'
}
packs() { boot packed 0 "$PAIR" --timeout 240 --exec linux0=true --exec linux1=true; }
if have python3; then
    check packed packs
    check elsewhere elsewhere
fi

# Debian's U-Boot above OpenSBI loads what was packed from a disk, by its own boot script.
uboot() {
    local tool=build/tool/trapeze guests=.cache/guests/riscv64 work=$LOGS/uboot
    rm -rf "$work"
    mkdir -p "$work"
    $tool initramfs tool/initramfs/list --provide "busybox=$guests/busybox" -o "$work/initramfs" &&
        $tool board --arch=riscv64 -o "$work/board.dtb" &&
        $tool pack "$PAIR" --dtb "$work/board.dtb" -o "$work/boot" --set-batch \
            --provide debian:linux-riscv64="$guests/vmlinuz" --provide debian:initramfs-riscv64="$work/initramfs" \
            --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" &&
        disk "$work/boot" "$work/disk.img" || return 1
    MACHINE=virt CPU=rv64 machine uboot 0 -kernel "$guests/u-boot.bin" \
        -drive "file=$work/disk.img,format=raw,if=none,id=disk,readonly=on" -device virtio-blk-device,drive=disk || return 1
    rm -rf "$work"
    has uboot '/boot.scr' 'Starting kernel ...' 'every VM is off' && says uboot linux0 'answer=42 cpus=2' &&
        says uboot linux1 'answer=42 cpus=1'
}
if [[ -e .cache/guests/riscv64/u-boot.bin ]]; then check uboot uboot; else skip uboot "scripts/fetch riscv64-uboot"; fi

have python3 || {
    skip session "there is no python3"
    exit 0
}
for aia in aplic aplic-imsic; do
    python3 tests/system/typed.py system/riscv64 "typed-$aia" "$PAIR" "$LOGS/typed-$aia.out" --machine "virt,aia=$aia"
done
python3 tests/system/pair.py system/riscv64 "$PAIR" "$LOGS/session.out"
