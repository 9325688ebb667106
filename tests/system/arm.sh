#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ARMv7: the pair of Debian guests boots over CPUs and their number, another board, memory above 4 GiB; the bare-metal
# guest of the mechanisms; what is said where there is no Hyp mode.
QEMU=qemu-system-arm
. tests/system/lib.bash
. tests/system/disk.bash

have arm-linux-gnueabihf-gcc || {
    skip '' "there is no arm-linux-gnueabihf-gcc"
    exit 0
}
for what in arm-sysroot arm-kernel arm-lpae arm-busybox arm-uboot; do
    check "fetch-$what" scripts/fetch "$what"
done
check build make -s arm guests-arm tool

# Printed by each guest's shell; the multiplication tells the answer from the echo of the question.
QUESTION='echo answer=$((6 * 7)) cpus=$(nproc) kib=$(sed -n "s/MemTotal: *\([0-9]*\) kB/\1/p" /proc/meminfo)'
TROUBLE='Unable to handle|Internal error|rcu: INFO|soft lockup|Oops|Kernel panic|unexpected|failed to come online|spurious'

boots() {
    local name=$1 cpu=$2 smp=$3
    boot "$name" 0 examples/arm-linux-pair.dts --timeout 240 --cpu "$cpu" --smp "$smp" \
        --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" || return 1
    says "$name" linux0 'answer=42 cpus=2' && says "$name" linux1 'answer=42 cpus=1' || return 1
    [[ $(value "$name" linux0 kib) -ge 450000 && $(value "$name" linux1 kib) -ge 200000 ]] || return 1
    silent "$name" "$TROUBLE"
}
for cpu in cortex-a15 cortex-a7; do
    for smp in 1 2 4; do
        check "$cpu-$smp" boots "arm-$cpu-$smp" "$cpu" "$smp" </dev/null
    done
done

# Memory above 4 GiB, the machine's and the guest's, behind the window of the hypervisor's (LPAE kernel).
big() {
    boot arm-big 0 tests/system/arm-big.dts --timeout 300 --memory 6G \
        --exec "linux0=$QUESTION; grep RAM /proc/iomem" --exec "linux1=$QUESTION" || return 1
    [[ $(value arm-big linux0 kib) -ge 4000000 ]] || return 1
    says arm-big linux0 '200000000-23fffffff : System RAM' && silent arm-big "$TROUBLE"
}
check memory-above-4g big </dev/null

mechanisms() {
    boot "arm-hyp-$1-$2" 0 tests/guest/arm/hyp.dts --timeout 60 --cpu "$1" --smp "$2" || return 1
    says "arm-hyp-$1-$2" hyp '[1-9][0-9]* passed, 0 failed'
}
for cpu in cortex-a15 cortex-a7; do
    for smp in 1 2; do
        check "mechanisms-$cpu-$smp" mechanisms $cpu $smp </dev/null
    done
done

# Another board: QEMU's Versatile Express, from that board's own tree, with no firmware and no line of code for it.
vexpress() {
    local dir=build/test/arm-vexpress out=$LOGS/arm-vexpress.out status
    rm -rf "$dir"
    build/tool/trapeze initramfs tool/initramfs/list --provide busybox=.cache/guests/arm/busybox -o build/test/arm-initramfs &&
        build/tool/trapeze pack tests/system/arm-vexpress.dts --dtb .cache/guests/arm/vexpress-a15.dtb -o "$dir" --set-batch \
            --provide=debian:linux-arm=.cache/guests/arm/vmlinuz --provide=debian:initramfs-arm=build/test/arm-initramfs \
            --exec "linux0=$QUESTION" || return 1
    # Nothing there switches the machine off.
    # shellcheck disable=SC2046
    timeout 60 $(build/tool/trapeze run "$dir" --arch=arm --machine vexpress-a15,secure=off,virtualization=on --smp 1 \
        --memory 1G --qemu-arg=-audio --qemu-arg=driver=none --show) </dev/null >"$out.raw" 2>&1
    status=$?
    tr -d '\000\r' <"$out.raw" >"$out"
    [[ $status == 124 ]] && says arm-vexpress linux0 'answer=42 cpus=1' && silent arm-vexpress "$TROUBLE" &&
        has arm-vexpress 'every VM is off'
}
check vexpress-a15 vexpress

# Without Hyp mode: said plainly, on the console that the tree names.
refused() {
    local name=$1
    shift
    timeout 10 qemu-system-arm -nodefaults -display none -m 512 -kernel build/arm/trapeze.bin "$@" -serial stdio \
        </dev/null >"$LOGS/$name.out" 2>&1
    has "$name" 'Trapeze was not entered in Hyp mode' 'virtualization=on'
}
check refused-without-hyp refused arm-refused -M virt,gic-version=2 -cpu cortex-a15

# Debian's U-Boot, entered in Hyp mode, boots what `trapeze pack` wrote from a disk.
uboot() {
    local tool=build/tool/trapeze guests=.cache/guests/arm work=$LOGS/uboot
    rm -rf "$work"
    mkdir -p "$work"
    $tool initramfs tool/initramfs/list --provide "busybox=$guests/busybox" -o "$work/initramfs" &&
        $tool board --arch=arm -o "$work/board.dtb" &&
        $tool pack examples/arm-linux-pair.dts --dtb "$work/board.dtb" -o "$work/boot" --set-batch \
            --provide debian:linux-arm="$guests/vmlinuz" --provide debian:linux-arm-lpae="$guests/vmlinuz-lpae" \
            --provide debian:initramfs-arm="$work/initramfs" --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" &&
        disk "$work/boot" "$work/disk.img" || return 1
    MACHINE=virt,virtualization=on,gic-version=2 CPU=cortex-a15 machine arm-uboot 0 -bios "$guests/u-boot.bin" \
        -drive "file=$work/disk.img,format=raw,if=none,id=disk,readonly=on" -device virtio-blk-device,drive=disk || return 1
    rm -rf "$work"
    has arm-uboot '/boot.scr' 'Starting kernel ...' 'every VM is off' && says arm-uboot linux0 'answer=42 cpus=2' &&
        says arm-uboot linux1 'answer=42 cpus=1'
}
check uboot uboot

# A guest that tries everything: it may end or not, the hypervisor lives and the neighbour sees nothing of it.
hostile() {
    local status out=$LOGS/arm-hostile.out
    ./run tests/guest/arm/hostile.dts --batch --timeout 60 </dev/null 2>&1 | tr -d '\000\r' >"$out"
    status=${PIPESTATUS[0]}
    [[ $status == 0 || $status == 124 ]] || {
        echo "./run ended with status $status; $out ends:"
        tail -n 25 "$out"
        return 1
    }
    says arm-hostile neighbour '[1-9][0-9]* passed, 0 failed' && silent arm-hostile '^Trapeze panic|BUG at' &&
        [[ $(grep -ac '^trapeze: ' "$out") -le 60 ]]
}
check hostile hostile </dev/null

have python3 || {
    skip session "there is no python3"
    exit 0
}

# Asynchronous aborts, each for the guest that it belongs to.
NM=${CROSS_arm:-arm-linux-gnueabihf-}nm python3 tests/system/arm_faults.py tests/guest/arm/abort.dts "$LOGS"

# A user at the terminal.
python3 tests/system/pair.py system/arm examples/arm-linux-pair.dts "$LOGS/session.out"
