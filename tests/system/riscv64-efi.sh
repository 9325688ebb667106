#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RISC-V by UEFI, above OpenSBI: from a FAT disk that holds what `trapeze pack` wrote, by EDK2 and by U-Boot; and by EDK2 with
# the tree and the modules from QEMU.
QEMU=qemu-system-riscv64
. tests/system/lib.bash
have riscv64-linux-gnu-gcc || {
    skip '' "there is no riscv64-linux-gnu-gcc"
    exit 0
}
TOOL=build/tool/trapeze
GUESTS=.cache/guests/riscv64
D=$LOGS/work
rm -rf "$D"
mkdir -p "$D"

# A folder is a disk: QEMU makes the FAT file system, of 504 MiB at most.
pack() {
    $TOOL initramfs tool/initramfs/list --provide "busybox=$GUESTS/busybox" -o "$D/initramfs" &&
        $TOOL board --arch=riscv64 -o "$D/board.dtb" &&
        $TOOL pack examples/riscv64-linux-pair.dts --dtb "$D/board.dtb" -o "$D/disk" --set-batch \
            --provide debian:linux-riscv64="$GUESTS/vmlinuz" --provide debian:initramfs-riscv64="$D/initramfs" \
            --exec 'linux0=echo answer=$((6 * 7)) cpus=$(nproc)' --exec 'linux1=echo answer=$((6 * 8))' &&
        rm "$D"/disk/boot.{cmd,scr} # U-Boot would begin with these
}
check pack pack

DISK=(-drive "file=fat:$D/disk,format=raw,if=none,id=disk,readonly=on" -device virtio-blk-device,drive=disk)
# EDK2 gives a device tree where there is no ACPI.
EDK2=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=$GUESTS/edk2-code.fd"
    -drive "if=pflash,unit=1,format=raw,file=$D/vars.fd")

by() { # NAME OPTION...
    local name=$1
    shift
    MACHINE=virt,acpi=off CPU=rv64 machine "$name" 0 "$@" || return 1
    has "$name" '2 of 2 CPUs' 'linux1: answer=48' 'every VM is off' && says "$name" linux0 'answer=42 cpus=2'
}
edk2() {
    cp "$GUESTS/edk2-vars.fd" "$D/vars.fd" && by "$@" "${EDK2[@]}"
}
from_qemu() {
    local address size file loaders=()
    while read -r address size file; do
        loaders+=(-device "loader,file=$D/disk/$file,addr=$address,force-raw=on")
    done <"$D/disk/modules.txt"
    edk2 edk2-kernel -kernel build/riscv64/trapeze.bin -dtb "$D/disk/system.dtb" "${loaders[@]}"
}
# A module that is not as it was packed: it says so, and the firmware goes on.
wrong() {
    truncate -s -1 "$D/disk/linux1-ramdisk"
    TIMEOUT=45 edk2 edk2-wrong "${DISK[@]}"
    has edk2-wrong 'Trapeze: linux1-ramdisk' 'Trapeze: this module is not as modules.txt has it'
}
if [[ -e $GUESTS/edk2-code.fd ]]; then
    check edk2-disk edk2 edk2-disk "${DISK[@]}"
    check edk2-kernel from_qemu
else
    skip edk2 "scripts/fetch riscv64-edk2"
fi
if [[ -e $GUESTS/u-boot.bin ]]; then
    check uboot-disk by uboot-disk -kernel "$GUESTS/u-boot.bin" "${DISK[@]}"
else
    skip uboot "scripts/fetch riscv64-uboot"
fi
[[ ! -e $GUESTS/edk2-code.fd ]] || check edk2-wrong wrong
rm -rf "$D"
