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
# Each value occurs; with TEST_FULL all combinations.
for machine in a15/1 a7/2 a15/4 ${TEST_FULL:+a15/2 a7/1 a7/4}; do
    cpu=cortex-${machine%/*} smp=${machine#*/}
    check "$cpu-$smp" boots "arm-$cpu-$smp" "$cpu" "$smp" </dev/null
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

# Programs without a kernel: their exceptions come to the hypervisor, which says what each was, and where.
user_mode() {
    local name=arm-user end pattern
    boot "$name" 0 tests/guest/arm/user.dts --timeout 60 --smp "$1" || return 1
    [[ $(grep -acE '4 passed, 0 failed' "$LOGS/$name.out") == 7 ]] || return 1
    for pattern in 'undefined: pc=0x[0-9a-f]+ executes an undefined instruction: there is no kernel' \
        'data: pc=0x[0-9a-f]+ reads 4 bytes at virtual 0x10000004: there is no kernel' \
        'prefetch: pc=0x10000000 runs code .*: there is no kernel' \
        'breakpoint: pc=0x[0-9a-f]+ executes a BKPT instruction: there is no kernel' \
        'svc: pc=0x[0-9a-f]+ executes SVC #0x7: there is no kernel' \
        'register: pc=0x[0-9a-f]+ executes an undefined instruction: there is no kernel' 'off: powered off'; do
        grep -aqE "$pattern" "$LOGS/$name.out" || {
            echo "not in $LOGS/$name.out: $pattern"
            return 1
        }
    done
    for end in undefined data prefetch breakpoint svc register; do has "$name" "$end: stopped" || return 1; done
}
for smp in 1 2; do check "user-mode-$smp" user_mode $smp </dev/null; done

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
        has arm-vexpress 'every VM is off' && silent arm-vexpress 'typing will not work'
}
check vexpress-a15 vexpress

# What is typed there comes by the UART's interrupt, which the board's buses renumber (interrupt-map).
vexpress_typed() {
    local dir=build/test/arm-vexpress-typed out=$LOGS/arm-vexpress-typed.out keys status qemu
    keys=$(mktemp -u) && mkfifo "$keys" && rm -rf "$dir"
    build/tool/trapeze pack tests/system/arm-vexpress.dts --dtb .cache/guests/arm/vexpress-a15.dtb -o "$dir" \
        --provide=debian:linux-arm=.cache/guests/arm/vmlinuz --provide=debian:initramfs-arm=build/test/arm-initramfs || return 1
    : >"$out.raw"
    # shellcheck disable=SC2046
    timeout 90 $(build/tool/trapeze run "$dir" --arch=arm --machine vexpress-a15,secure=off,virtualization=on --smp 1 \
        --memory 1G --qemu-arg=-audio --qemu-arg=driver=none --show) <"$keys" >"$out.raw" 2>&1 &
    qemu=$!
    exec 9>"$keys"
    rm -f "$keys"
    awaits "$out.raw" 'Welcome to' && printf 'echo typed=$((6 * 7))\r' >&9 && awaits "$out.raw" 'typed=42'
    status=$?
    exec 9>&-
    kill $qemu
    wait $qemu
    tr -d '\000\r' <"$out.raw" >"$out"
    return $status
}
check vexpress-a15-typed vexpress_typed

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

# The ghost check (core/ghost.h) while guests boot and switch off, and while one tries everything.
GHOST=build/arm-ghost/trapeze.bin
ghost() {
    make -s arm GHOST=1 && [[ -s $GHOST ]] || return 1
    boot arm-ghost 0 examples/arm-linux-pair.dts --timeout 300 --smp 2 --hypervisor "$GHOST" \
        --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" || return 1
    says arm-ghost linux0 'answer=42' && says arm-ghost linux1 'answer=42'
}
check ghost ghost </dev/null
ghost_mechanisms() {
    boot arm-ghost-hyp 0 tests/guest/arm/hyp.dts --timeout 90 --hypervisor "$GHOST" &&
        says arm-ghost-hyp hyp '[1-9][0-9]* passed, 0 failed'
}
check ghost-mechanisms ghost_mechanisms </dev/null

# A guest that tries everything: it may end or not, the hypervisor lives and the neighbour sees nothing of it.
hostile() {
    local seed=$1 status name=arm-hostile-$1 system=$LOGS/arm-hostile-$1.dts
    local out=$LOGS/$name.out
    shift
    sed -E "s/seed=1/seed=$seed/; s,(\.\./)+build/,$PWD/build/," tests/guest/arm/hostile.dts >"$system"
    ./run "$system" --batch --timeout 60 "$@" </dev/null 2>&1 | tr -d '\000\r' >"$out"
    status=${PIPESTATUS[0]}
    [[ $status == 0 || $status == 124 ]] || {
        echo "./run ended with status $status; $out ends:"
        tail -n 25 "$out"
        return 1
    }
    says "$name" neighbour '[1-9][0-9]* passed, 0 failed' && silent "$name" '^Trapeze panic|BUG at' &&
        [[ $(grep -ac '^trapeze: ' "$out") -le 60 ]]
}
for seed in 1 2 3 ${TEST_FULL:+4 5 6 7 8}; do check "hostile-$seed" hostile $seed </dev/null; done
check hostile-ghost hostile 9 --hypervisor "$GHOST" </dev/null

have python3 || {
    skip session "there is no python3"
    exit 0
}

# Asynchronous aborts, each for the guest that it belongs to.
NM=${CROSS_arm:-arm-linux-gnueabihf-}nm python3 tests/system/arm_faults.py tests/guest/arm/abort.dts "$LOGS"

# A user at the terminal.
python3 tests/system/pair.py system/arm examples/arm-linux-pair.dts "$LOGS/session.out"
