#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The hypervisor's last words: a bug of its own, made by a debugger, ends the run with status 3, says where and why.
. tests/system/lib.bash

NM=${CROSS_arm64:-aarch64-linux-gnu-}nm
GDB=$PWD/$LOGS/gdb # .in and .out: the wire to QEMU's debugging stub
make -s arm64 guests tool >"$LOGS/make.log" || exit 1
symbol() { "$NM" build/arm64/trapeze.elf | sed -n "s/ [tT] $1\$//p"; }

# ask TEXT: a packet of GDB's remote protocol; the answer, or the report of a stop, is waited for.
ask() {
    local text=$1 sum=0 i reply
    for ((i = 0; i < ${#text}; i++)); do sum=$((sum + $(printf '%d' "'${text:i:1}"))); done
    printf '$%s#%02x' "$text" $((sum % 256)) >&8
    [[ ${2:-} != unanswered ]] || return 0
    IFS= read -r -t 60 -d '#' reply <&9 && read -r -t 5 -N 2 <&9 && printf '+' >&8 || return 1
    echo "$text -> $reply"
    [[ $reply == *'$OK' || $reply == *'$T'* ]]
}

# panics NAME BREAK WRITE...: the hypervisor stops where function BREAK begins, has the registers written, goes on.
panics() {
    local name=$1 at status debugger write
    at=$(symbol "$2")
    [[ -n $at ]] || {
        echo "there is no function $2"
        return 1
    }
    shift 2
    rm -f "$GDB".{in,out}
    mkfifo "$GDB".{in,out} || return 1
    (
        exec 8<>"$GDB.in" 9<>"$GDB.out"
        printf '+' >&8 # a first byte stops the machine, and is not read
        ask "Z0,$at,4" && ask c && ask "z0,$at,4" || exit
        for write; do ask "P$write" || exit; done
        ask c unanswered
    ) &
    debugger=$!
    boot "$name" 3 tests/guest/hello.dts --timeout 60 --smp 2 \
        --qemu-arg -chardev --qemu-arg "pipe,id=debugger,path=$GDB" --qemu-arg -gdb --qemu-arg chardev:debugger
    status=$?
    kill "$debugger" 2>/dev/null
    wait "$debugger"
    rm -f "$GDB".{in,out}
    return $status
}
# The line that matches PATTERN... of the output, in this order.
in_order() {
    local out=$LOGS/$1.out at=0 pattern line
    shift
    for pattern; do
        line=$(tail -n "+$((at + 1))" "$out" | grep -anE -m 1 "$pattern") || {
            echo "'$pattern' is not in $out after its line $at:"
            tail -n 40 "$out"
            return 1
        }
        at=$((at + ${line%%:*}))
    done
}

ALL_REGISTERS=('^x18 +[0-9a-f]{16}  x19 ' '^x30 +[0-9a-f]{16}  sp .*x30 is [a-z0-9_.]+\+0x' '^ESR_EL2 [0-9a-f]+  FAR_EL2 [0-9a-f]+  ELR_EL2 ')
EXITS=('^Last exits' 'hello/0 pc=0x[0-9a-f]+ writes 4 bytes .*0x22000000; syndrome' 'hello/0 pc=0x[0-9a-f]+ calls ')

# A jump to nowhere as a guest's call is being handled, after many exits for its console.
jump() {
    panics jump vm_stop 20=0000000000000000 &&
        in_order jump '^Trapeze panic: .*instruction abort.* at 0x0, address 0x0' '^On CPU [01]\.' "${ALL_REGISTERS[@]}" \
            '^Calls:' '^ +[0-9]+ 0x[0-9a-f]+ handle_hvc\+0x' "${EXITS[@]}"
}
check jump jump
# A pointer that points nowhere.
pointer() {
    panics pointer vm_stop 0=00beadde00000000 &&
        in_order pointer '^Trapeze panic: .*data abort.*, address 0xdeadbe[0-9a-f]+' '^x0 +00000000deadbe[01]' "${ALL_REGISTERS[@]}" \
            '^Calls:' '^ +[0-9]+ 0x[0-9a-f]+ handle_hvc\+0x' "${EXITS[@]}"
}
check pointer pointer
