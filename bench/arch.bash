# SPDX-License-Identifier: Apache-2.0
# What bench/run and bench/profile know of an architecture: one entry in each table. Sourced.
# shellcheck shell=bash disable=SC2034

# The QEMU that runs it, bare and with what Trapeze needs; its CPU, whose counter counts instructions under -icount.
declare -A QEMU=([arm64]=qemu-system-aarch64 [arm]=qemu-system-arm [riscv64]=qemu-system-riscv64)
declare -A MACHINE=([arm64]=virt,gic-version=3 [arm]=virt,gic-version=2 [riscv64]=virt)
declare -A CPU=([arm64]=cortex-a57,cntfrq=1000000000 [arm]=cortex-a15,cntfrq=1000000000 [riscv64]=rv64)
# Of the guests' compiler and the hypervisor's; and the level of privilege that is the hypervisor's (plugin/count.c).
declare -A CROSS=([arm64]=aarch64-linux-gnu- [arm]=arm-linux-gnueabihf- [riscv64]=riscv64-linux-gnu-)
declare -A LEVEL=([arm64]=2 [arm]=2 [riscv64]=2)
declare -A KERNEL_LEVEL=([arm64]=1 [arm]=1 [riscv64]=1)
# Instructions in a tick of the counter, by which bench/linux/work.c tells the time.
declare -A TICK=([arm64]=1 [arm]=1 [riscv64]=100)
# A kernel's level without a hypervisor: RISC-V's is then the hypervisor's.
declare -A NATIVE_LEVEL=([arm64]=1 [arm]=1 [riscv64]=2)
# Systems: the microbenchmarks, two vCPUs on one CPU (or none), next to nothing, Linux, and two of Linux.
declare -A BENCH_DTS=([arm64]=bench/guest/bench.dts [arm]=bench/guest/arm/bench.dts [riscv64]=bench/guest/riscv/bench.dts)
declare -A SWITCH_DTS=([arm64]=bench/guest/switch.dts)
declare -A TINY_DTS=([arm64]=tests/guest/hello.dts [arm]=bench/guest/arm/bench.dts [riscv64]=bench/guest/riscv/bench.dts)
declare -A LINUX_DTS=([arm64]=bench/linux/arm64.dts [arm]=bench/linux/arm.dts [riscv64]=bench/linux/riscv64.dts)
declare -A PAIR_DTS=([arm64]= [arm]=examples/arm-linux-pair.dts [riscv64]=examples/riscv64-linux-pair.dts) # (empty: what ./run takes by itself)
declare -A GUESTS=([arm64]=guests [arm]=guests-arm [riscv64]=guests-riscv64)
# What the bare machine boots of the microbenchmarks: ARMv7's is linked to where they run.
declare -A BENCH_IMAGE=([arm64]=bench.bin [arm]=bench.elf [riscv64]=bench.bin)
declare -A CONSOLE=([arm64]=ttyAMA0 [arm]=ttyAMA0 [riscv64]=ttyS0)

ICOUNT=(-icount "shift=0,sleep=off" -rtc clock=vm)
TOOL=build/tool/trapeze

die() {
    echo "$(basename "$0"): error: $*" >&2
    exit 1
}
say() { echo "$(basename "$0"): $*" >&2; }

# Ways to run guests that an architecture has besides: the CPU for them, and what tells the plugin where their kernels are.
declare -A WAY_CPU=([riscv64-emulate]=rv64,h=false)
declare -A WAY_LEVELS=([riscv64-emulate]=,emulated=on)

# bench_prepare ARCH: all that is built and fetched. Sets WAY, as it was named, ARCH, GUEST_LEVELS for plugins and OUT.
bench_prepare() {
    WAY=$1 ARCH=${1%-emulate} OUT=build/bench/$1 GUEST_LEVELS=${WAY_LEVELS[$1]:-}
    [[ -n ${QEMU[$1]:-}${WAY_CPU[$1]:-} ]] || die "there is no measuring of '$1'; there is: ${!QEMU[*]} ${!WAY_CPU[*]}"
    CPU[$ARCH]=${WAY_CPU[$1]:-${CPU[$ARCH]}}
    scripts/host-packages run "$ARCH"
    scripts/fetch "$ARCH-sysroot" "$ARCH-kernel" "$ARCH-busybox"
    make -s -j"$(nproc)" "$ARCH" tool "${GUESTS[$ARCH]}" >&2
    mkdir -p "$OUT"
    gcc -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -fPIC -shared -fvisibility=hidden -I. \
        -o "$OUT/count.so" bench/plugin/count.c
    "${CROSS[$ARCH]}gcc" -std=gnu11 -O2 -Wall -Wextra -static -s -o "$OUT/work" bench/linux/work.c
    $TOOL initramfs bench/linux/list --provide "work=$OUT/work" -o "$OUT/initramfs"
}

# as_vm NAME SYSTEM.dts SMP [QEMU-ARGUMENT...]: its console goes to OUT/NAME.txt. SEED may be set: what is random in it.
as_vm() {
    local name=$1 system=$2 smp=$3 argument arguments=() command
    shift 3
    local machine=("--arch=$ARCH" --icount --cpu "${CPU[$ARCH]}" --smp "$smp")
    for argument; do arguments+=(--qemu-arg "$argument"); done
    $TOOL board "${machine[@]}" -o "$OUT/board.dtb"
    $TOOL pack "$system" --dtb "$OUT/board.dtb" -o "$OUT/$name" --set-batch \
        --provide "debian:linux-$ARCH=.cache/guests/$ARCH/vmlinuz" --provide "bench:initramfs=$OUT/initramfs" \
        2>"$OUT/$name.log" || die "$system cannot be packed: see $OUT/$name.log"
    command=$($TOOL run "$OUT/$name" "${machine[@]}" "${arguments[@]}" --show)
    # shellcheck disable=SC2086 # its words hold no spaces
    timeout 900 ${command/-seed 1/-seed ${SEED:-1}} </dev/null 2>>"$OUT/$name.log" | tr -d '\000\r' >"$OUT/$name.txt" ||
        die "$system ended badly: see $OUT/$name.txt"
    rm -rf "${OUT:?}/$name"
}

# natively NAME SMP MEBIBYTES QEMU-ARGUMENT...: the same without a hypervisor.
natively() {
    local name=$1 smp=$2 memory=$3
    shift 3
    timeout 900 "${QEMU[$ARCH]}" -nodefaults -no-reboot -display none -machine "${MACHINE[$ARCH]}" -cpu "${CPU[$ARCH]}" \
        -smp "$smp" -m "$memory" "${ICOUNT[@]}" -seed "${SEED:-1}" -serial stdio -monitor none "$@" \
        </dev/null 2>"$OUT/$name.log" | tr -d '\000\r' >"$OUT/$name.txt" || die "QEMU ended badly: see $OUT/$name.log"
}

# What count.so is told: its file is OUT/NAME.count.
plugin() { echo "$OUT/count.so,out=$OUT/$1.count${2:+,profile=$2}"; }

# executed NAME WHEN LEVEL: instructions of that level until then ("first 0", "end").
executed() { sed -nE "s/^$2 .*\bel$3=([0-9]+).*/\1/p" "$OUT/$1.count"; }
# What the hypervisor executes between the guest's first instruction and its /init's.
boot_share() {
    local name=$1 level=${LEVEL[$ARCH]}
    echo $(($(executed "$name" 'first 0' "$level") - $(executed "$name" "first ${KERNEL_LEVEL[$ARCH]}" "$level")))
}

# The lines "name value" of a console's output, before which there may be a VM's name or, from Xen, its own.
printed() {
    sed -nE 's/^(\(XEN\) |[a-z0-9]+: )?([a-z0-9_]+) ([0-9]+(\.[0-9]+)?)$/\2 \3/p' "$OUT/$1.txt" | grep -v '^ticks_per_second '
}
