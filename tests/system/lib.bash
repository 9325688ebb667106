# SPDX-License-Identifier: Apache-2.0
# Booting a system and judging what it said; sourced by tests/system/*.sh.
# shellcheck shell=bash
. tests/harness.bash

have "${QEMU:=qemu-system-aarch64}" || {
    skip '' "there is no $QEMU"
    exit 0
}

# boot NAME STATUS OPTION...: ./run with --batch; its output goes to $LOGS/NAME.out, and false if it does not end
# with STATUS or the hypervisor reported a bug of its own.
boot() {
    local name=$1 want=$2 status out=$LOGS/$1.out
    shift 2
    ./run --batch "$@" </dev/null >"$out.raw" 2>&1
    status=$?
    tr -d '\000\r' <"$out.raw" >"$out"
    rm -f "$out.raw"
    [[ $status == "$want" ]] || {
        echo "./run ended with status $status, not $want; $out ends:"
        tail -n 25 "$out"
        return 1
    }
    [[ $want == 3 ]] || ! grep -aE '^Trapeze panic|BUG at' "$out"
}

# says NAME VM PATTERN: a line of VM, which carries its name, matches. The name comes first, whatever sets it off.
says() {
    grep -aqE "^[^[:alnum:]]*$2[^[:alnum:]].*$3" "$LOGS/$1.out" || {
        echo "no line of $2 matches '$3' in $LOGS/$1.out, which ends:"
        tail -n 25 "$LOGS/$1.out"
        return 1
    }
}
silent() {
    ! grep -aE "$2" "$LOGS/$1.out"
}
# value NAME VM KEY: what VM printed after KEY=
value() {
    sed -nE "s/^[^[:alnum:]]*$2[^[:alnum:]].*\b$3=([^ ]*).*/\1/p" "$LOGS/$1.out" | tail -n 1
}

# machine NAME STATUS OPTION...: QEMU without ./run, the machine that `trapeze board` describes; output as from boot.
# MACHINE, CPU and TIMEOUT (in seconds) may be set.
machine() {
    local name=$1 want=$2 status out=$LOGS/$1.out
    shift 2
    timeout "${TIMEOUT:-240}" "$QEMU" -nodefaults -no-reboot -display none -serial stdio \
        -machine "${MACHINE:-virt,virtualization=on,gic-version=3}" -cpu "${CPU:-cortex-a57}" -smp 2 -m 2G "$@" \
        </dev/null >"$out.raw" 2>&1
    status=$?
    tr -d '\000\r' <"$out.raw" >"$out"
    rm -f "$out.raw"
    [[ $status == "$want" ]] || {
        echo "QEMU ended with status $status, not $want; $out ends:"
        tail -n 25 "$out"
        return 1
    }
    ! grep -aE '^Trapeze panic|BUG at' "$out"
}
# has NAME TEXT...: each in a line of the output.
has() {
    local name=$1 text
    shift
    for text; do
        grep -aqF -- "$text" "$LOGS/$name.out" || {
            echo "\"$text\" is not in $LOGS/$name.out, which ends:"
            tail -n 25 "$LOGS/$name.out"
            return 1
        }
    done
}
# awaits FILE PATTERN [SECONDS]: within a minute, if not told otherwise.
awaits() {
    local tries
    for ((tries = 0; tries < 2 * ${3:-60}; tries++)); do
        grep -aqE "$2" "$1" && return
        sleep 0.5
    done
    echo "no $2 in $1, which ends:"
    tail -n 10 "$1"
    return 1
}
