#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The pair of Debian guests boots to a shell and powers off, over the matrix of machines.
. tests/system/lib.bash

# gic cpu smp memory. Each value of each column is here at least once, each CPU with both GICs or close to it;
# TEST_FULL runs all combinations.
SUBSET='
3 cortex-a57   2 2G
2 cortex-a57   1 4G
3 cortex-a53   4 2G
2 cortex-a72   2 1G
3 cortex-a76   1 8G
2 neoverse-n1  4 2G
3 neoverse-n1  2 1G
2 max          2 8G
3 max          4 4G
3 cortex-a57   2 512M
2 cortex-a53   1 512M
'
full() {
    local gic cpu smp memory
    for gic in 2 3; do
        for cpu in cortex-a53 cortex-a57 cortex-a72 cortex-a76 neoverse-n1 max; do
            for smp in 1 2 4; do
                for memory in 512M 2G 8G; do
                    echo "$gic $cpu $smp $memory"
                done
            done
        done
    done
}

# Printed by each guest's shell; the multiplication tells the answer from the echo of the question.
QUESTION='echo answer=$((6 * 7)) cpus=$(nproc) kib=$(sed -n "s/MemTotal: *\([0-9]*\) kB/\1/p" /proc/meminfo)'

boots() {
    local name=$1 gic=$2 cpu=$3 smp=$4 memory=$5 system=examples/arm64-linux-pair.dts least0=450000 least1=200000
    [[ $memory != 512M ]] || {
        system=tests/system/small-pair.dts
        least0=100000 least1=100000
    }
    boot "$name" 0 "$system" --timeout 240 --gic "$gic" --cpu "$cpu" --smp "$smp" --memory "$memory" \
        --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" || return 1
    says "$name" linux0 'answer=42 cpus=2' && says "$name" linux1 'answer=42 cpus=1' || return 1
    [[ $(value "$name" linux0 kib) -ge $least0 && $(value "$name" linux1 kib) -ge $least1 ]] || return 1
    # What a kernel says when its CPU, clock or interrupts are not as they should be.
    silent "$name" 'Unable to handle|Internal error|rcu: INFO|soft lockup|Oops|Kernel panic|unexpected|failed to come online|spurious'
}

while read -r gic cpu smp memory; do
    [[ -n $gic ]] || continue
    name=gic$gic-$cpu-$smp-$memory
    check "$name" boots "$name" "$gic" "$cpu" "$smp" "$memory" </dev/null
done < <(if [[ -n ${TEST_FULL:-} ]]; then full; else echo "$SUBSET"; fi)
