#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `trapeze run` with a program in QEMU's place: bytes, exit status, timeout. And `trapeze initramfs`.
. tests/harness.bash

TOOL=$PWD/build/tool-asan/trapeze
export ASAN_OPTIONS=detect_leaks=0
make -s tool TOOL_SANITIZE=1 >"$LOGS/build.log" 2>&1 || {
    fail build "$LOGS/build.log"
    exit 1
}
D=$LOGS/work
rm -rf "$D"
mkdir -p "$D/bin" "$D/boot"
echo '0x48200000 4096 one-kernel' >"$D/boot/modules.txt"

# qemu SCRIPT: what the stand-in does.
qemu() {
    printf '#!/bin/sh\n%s\n' "$1" >"$D/bin/qemu-system-aarch64"
    chmod +x "$D/bin/qemu-system-aarch64"
}
run() { PATH=$PWD/$D/bin:$PATH "$TOOL" run "$D/boot" --arch arm64 "$@"; }
# ends STATUS SCRIPT [OPTION...]
ends() {
    local want=$1 status
    qemu "$2"
    run "${@:3}" </dev/null
    status=$?
    echo "status $status, not $want"
    [[ $status == "$want" ]]
}
check power-off ends 0 'exit 0'
check qemu-fails ends 1 'exit 7'
check panic ends 3 'echo hello; printf "Trapeze panic: x\r\n"; exit 0'
check panic-inside-a-line ends 0 'echo "linux0: Trapeze panic"; exit 0'
check panic-in-pieces ends 3 'printf Trap; sleep 0.2; printf "eze panic"; exit 0'
check panic-that-hangs ends 3 'echo Trapeze panic; sleep 60'
check timeout ends 124 'sleep 60' --timeout 1
check timeout-is-not-heard ends 124 'trap "" TERM; while :; do sleep 1; done' --timeout 1

bytes() {
    head -c 300000 /dev/urandom >"$D/random"
    # A mark among random bytes cannot happen at any length that matters.
    qemu "cat $PWD/$D/random; sleep 0.3"
    run --no-input >"$D/out" && cmp "$D/random" "$D/out" || return 1
    qemu 'exec cat'
    run <"$D/random" >"$D/out" && cmp "$D/random" "$D/out"
}
check bytes-unchanged bytes
unbuffered() {
    qemu 'printf "prompt# "; read -r line; echo "got $line"'
    mkfifo "$D/in"
    run <"$D/in" >"$D/out" &
    exec 8>"$D/in"
    for _ in $(seq 50); do
        grep -q 'prompt# ' "$D/out" && break
        sleep 0.1
    done
    grep -q 'prompt# ' "$D/out" || return 1
    echo typed >&8
    exec 8>&-
    wait $! && grep -q 'got typed' "$D/out"
}
check unbuffered unbuffered
# No child is left when we are told to end.
ended_by_signal() {
    qemu "echo \$\$ >$PWD/$D/pid; exec sleep 60"
    PATH=$PWD/$D/bin:$PATH "$TOOL" run "$D/boot" --arch arm64 --no-input &
    local tool=$!
    for _ in $(seq 50); do
        [[ -s $D/pid ]] && break
        sleep 0.1
    done
    kill -TERM $tool
    wait $tool
    [[ $? == 143 ]] && ! kill -0 "$(cat "$D/pid")" 2>/dev/null
}
check ended-by-signal ended_by_signal
words() {
    local out
    out=$(run --show --gic 2 --cpu cortex-a53 --icount --qemu-arg -s)
    echo "$out"
    [[ $out == *"-machine virt,virtualization=on,gic-version=2 "* && $out == *"-cpu cortex-a53 "* && $out == *"-icount shift=0"* &&
        $out == *" -s "* && $out == *"loader,file=$D/boot/one-kernel,addr=0x48200000,force-raw=on"* ]]
}
check command-line words
bad_gic() { [[ $(run --show --gic 5 2>&1) == *"--gic takes 2 or 3"* ]]; }
check gic-argument bad_gic

# The archive is what cpio reads, and the same each time.
initramfs() {
    echo busybox >"$D/busybox"
    "$TOOL" initramfs tool/initramfs/list --provide busybox="$D/busybox" -o "$D/a" || return 1
    sleep 1.1
    touch "$D/busybox"
    "$TOOL" initramfs tool/initramfs/list --provide busybox="$D/busybox" -o "$D/b" && cmp "$D/a" "$D/b" || return 1
    ! have cpio || [[ $(cpio -t --quiet <"$D/a" | grep -cxE 'init|dev/console|etc/start') == 3 ]]
}
check initramfs initramfs
not_provided() { [[ $("$TOOL" initramfs tool/initramfs/list -o "$D/a" 2>&1) == *"list:11: "*"--provide busybox=PATH"* ]]; }
check initramfs-not-provided not_provided
