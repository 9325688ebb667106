#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two guests on one CPU compute and check themselves for a minute; neither gets it wrong, and both get their share.
. tests/system/lib.bash

SECONDS_LONG=60
# What a guest must find each time: the sum of 256 KiB of zeros.
SUM=$(head -c 262144 /dev/zero | sha256sum | cut -c1-64)
COMPUTE='up() { read -r t _ </proc/uptime; echo ${t%.*}; }
end=$(($(up) + '$SECONDS_LONG')) rounds=0 wrong=0
while [ $(up) -lt $end ]; do
    [ $(head -c 262144 /dev/zero | sha256sum | cut -c1-64) = '$SUM' ] || wrong=$((wrong + 1))
    rounds=$((rounds + 1))
done
echo rounds=$rounds wrong=$wrong'

computes() {
    boot "$1" 0 --timeout 400 --smp 1 --gic "$2" --exec "linux0=$COMPUTE" --exec "linux1=$COMPUTE" || return 1
    says "$1" linux0 'rounds=[1-9][0-9]* wrong=0' && says "$1" linux1 'rounds=[1-9][0-9]* wrong=0' || return 1
    silent "$1" 'rcu: INFO|soft lockup|Unable to handle|Internal error'
}
# linux0 has two vCPUs, one of them idle most of the time: between a half and twice as much is fair enough.
fair() {
    local a b
    a=$(value "$1" linux0 rounds) b=$(value "$1" linux1 rounds)
    echo "linux0 $a rounds, linux1 $b rounds"
    [[ -n $a && -n $b && $a -le $((2 * b)) && $b -le $((2 * a)) ]]
}
check computes computes minute 3
check fair fair minute
