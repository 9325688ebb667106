#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A user at the terminal: types in both shells, switches with Ctrl-a three times, asks Trapeze, powers off.
. tests/system/lib.bash

OUT=$LOGS/session.out
FIFO=$LOGS/session.in
SWITCH=$'\x01\x01\x01'
SEEN=0 # bytes of OUT that were waited for already

# until_seen PATTERN [SECONDS]: new output matches.
until_seen() {
    local end=$((SECONDS + ${2:-60}))
    while ((SECONDS < end)); do
        if tail -c "+$((SEEN + 1))" "$OUT" | tr -d '\000\r' | grep -aqE "$1"; then
            SEEN=$(stat -c %s "$OUT")
            return 0
        fi
        kill -0 "$RUN" 2>/dev/null || break
        sleep 0.2
    done
    echo "waited in vain for '$1'; the session so far ends:"
    tail -c 1500 "$OUT"
    return 1
}
types() { printf '%s' "$1" >&7; }

start() {
    rm -f "$FIFO" "$OUT"
    SEEN=0
    mkfifo "$FIFO"
    : >"$OUT"
    ./run --timeout 300 <"$FIFO" >"$OUT" 2>&1 &
    RUN=$!
    exec 7>"$FIFO"
}

both_shells() { until_seen 'Welcome to linux0' 240 && sleep 5; }
first_shell() { types $'\recho first=$((6 * 7))\r' && until_seen 'first=42'; }
second_shell() { types "$SWITCH" && sleep 1 && types $'\recho second=$((6 * 8))\r' && until_seen 'second=48'; }
job_control() { types $'sleep 100\r' && sleep 2 && types $'\x03' && types $'echo third=$((6 * 9))\r' && until_seen 'third=54'; }
trapeze_shell() { types "$SWITCH" && sleep 1 && types $'help\r' && until_seen 'quit' && types $'vm list\r' && until_seen 'linux1'; }
back_again() { types "$SWITCH" && sleep 1 && types $'\recho fourth=$((6 * 10)) $(hostname)\r' && until_seen 'fourth=60 linux0'; }
# run_ends SECONDS: its status, once it has ended by itself; else it is made to.
run_ends() {
    local end=$((SECONDS + $1)) status
    while kill -0 "$RUN" 2>/dev/null && ((SECONDS < end)); do sleep 0.2; done
    kill -TERM "$RUN" 2>/dev/null
    wait "$RUN"
    status=$?
    exec 7>&-
    echo "status $status; the session ends:"
    tail -c 1500 "$OUT"
    return $status
}
# When the VM in front goes away, the next one comes to the front.
powers_off() {
    types $'poweroff\r' && until_seen 'linux0: powered off' && sleep 1 && types $'\rpoweroff\r' && run_ends 60
}
quits() { start && until_seen 'Welcome to' 240 && types "$SWITCH$SWITCH" && sleep 1 && types $'quit\r' && run_ends 20; }

start
check both-boot both_shells
check first-shell first_shell
check second-shell second_shell
check job-control job_control
check trapeze-shell trapeze_shell
check back-again back_again
check power-off powers_off
check quit quits
