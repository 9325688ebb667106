#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guests whose GICv2 CPU interface is emulated, interrupted by HCR.VI and VF: on machines whose GIC has no virtualization
# extensions, and beside a guest that has the hardware's.
. tests/system/lib.bash
TOOL=$PWD/build/tool/trapeze
QUESTION='echo answer=$((6 * 7)) cpus=$(nproc); cat /proc/interrupts'
TROUBLE='Unable to handle|Internal error|rcu: INFO|soft lockup|Oops|Kernel panic|unexpected|failed to come online|spurious'

check build make -s arm64 guests tool

# bare_gic ARCH FILE: the tree of QEMU's machine as if its GIC had a distributor and a CPU interface only.
bare_gic() {
    $TOOL board --arch="$1" --gic 2 -o "$2" &&
        fdtput -t x "$2" /intc@8000000 reg 0 8000000 0 10000 0 8010000 0 10000 && fdtput -d "$2" /intc@8000000 interrupts
}
# without ARCH NAME SYSTEM.dts PACK-OPTION...: it runs on such a machine.
without() {
    local arch=$1 name=$2 system=$3 out=$LOGS/$2.out
    shift 3
    bare_gic "$arch" "$LOGS/$name.dtb" &&
        $TOOL pack "$system" --dtb "$LOGS/$name.dtb" -o "$LOGS/$name" --set-batch "$@" || return 1
    $TOOL run "$LOGS/$name" --arch="$arch" --gic 2 --no-input --timeout 240 </dev/null 2>&1 | tr -d '\000\r' >"$out"
    [[ ${PIPESTATUS[0]} == 0 ]] || {
        tail -n 20 "$out"
        return 1
    }
    rm -rf "${LOGS:?}/$name"
    silent "$name" "$TROUBLE|Trapeze panic|BUG at"
}
pair() {
    local arch=$1 guests=.cache/guests/$1
    shift
    $TOOL initramfs tool/initramfs/list --provide "busybox=$guests/busybox" -o "$LOGS/initramfs-$arch" &&
        without "$arch" "$arch-pair" "examples/$arch-linux-pair.dts" "$@" \
            --provide "debian:initramfs-$arch=$LOGS/initramfs-$arch" --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" &&
        says "$arch-pair" linux0 'answer=42 cpus=2' && says "$arch-pair" linux1 'answer=42 cpus=1'
}
check fetch scripts/fetch arm64-kernel arm64-busybox
check arm64-pair pair arm64 --provide debian:linux-arm64=.cache/guests/arm64/vmlinuz

# One with the hardware's interface, one without, on one CPU: what is signalled to the one is not to the other.
mixed() {
    awk '{ print } /vpl011;/ && !done++ { print "trapeze,virtualise = \"emulate\";" }' "examples/$1-linux-pair.dts" \
        >"$LOGS/mixed-$1.dts"
    [[ $(grep -c trapeze,virtualise "$LOGS/mixed-$1.dts") == 1 ]] || return 1
    boot "$1-mixed" 0 "$LOGS/mixed-$1.dts" --timeout 240 --gic 2 --smp 1 --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" &&
        says "$1-mixed" linux0 'answer=42 cpus=2' && says "$1-mixed" linux1 'answer=42 cpus=1' && silent "$1-mixed" "$TROUBLE"
}
check arm64-mixed mixed arm64 </dev/null

# traced NAME ARCH COMMAND PATTERN: the interface's registers are traps as others are.
traced() {
    python3 tests/system/traced.py system/gicc "$1" "$LOGS/mixed-$2.dts" "$LOGS/$1.out" "$3" "$4" --gic 2
}

traced arm64-traced arm64 true 'reads 4 bytes at 0x[0-9a-f]+ \(GICC\+0xc\)'

# A GICv3's interface is system registers: refused, where and what to write instead.
refused() {
    boot refused 0 "$LOGS/mixed-arm64.dts" --timeout 100 --gic 3 --exec linux1=true &&
        has refused 'linux0' 'trapeze,virtualise' 'Leave it out' && says refused linux1 'Welcome'
}
check refused-on-gicv3 refused </dev/null

have arm-linux-gnueabihf-gcc || {
    skip arm "there is no arm-linux-gnueabihf-gcc"
    exit 0
}
for what in arm-sysroot arm-kernel arm-lpae arm-busybox; do check "fetch-$what" scripts/fetch "$what"; done
check build-arm make -s arm guests-arm
check arm-pair pair arm --provide debian:linux-arm=.cache/guests/arm/vmlinuz \
    --provide debian:linux-arm-lpae=.cache/guests/arm/vmlinuz-lpae

# The bare-metal guest, which asserts virtual IRQ and FIQ.
guest() { without arm arm-hyp tests/guest/arm/hyp.dts && says arm-hyp hyp '[1-9][0-9]* passed, 0 failed'; }
check arm-guest guest

# Where it is asked for on ARMv7, registers that describe the caches trap too (HCR.TID2), and read the same.
emulated() {
    sed -e 's/vpl011;/& trapeze,virtualise = "emulate";/' -e "s,\.\./\.\./\.\./build,$PWD/build," tests/guest/arm/hyp.dts \
        >"$LOGS/emulated.dts"
    boot arm-emulated 0 "$LOGS/emulated.dts" --timeout 60 --smp 2 && says arm-emulated hyp '[1-9][0-9]* passed, 0 failed'
}
check arm-emulated emulated </dev/null
check arm-mixed mixed arm </dev/null
