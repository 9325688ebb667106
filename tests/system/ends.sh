#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How a run ends, and what a guest's faults do not do to the other.
. tests/system/lib.bash

times_out() { boot timeout 124 --timeout 1; }
check timeout times_out

# One guest powers off at once, the other goes on; the machine ends with the last.
one_after_the_other() {
    boot last 0 --timeout 240 --exec 'linux0=true' --exec 'linux1=sleep 5; echo still=here' &&
        says last linux1 'still=here'
}
check one-after-the-other one_after_the_other

# Nothing is mapped at 3.75 GiB of the guest's space: a bus error in the process, and the guest goes on.
unmapped() {
    boot unmapped 0 --timeout 240 --exec 'linux0=true' \
        --exec 'linux1=devmem 0xf0000000 32; echo status=$?; echo alive=$((40 + 2))' || return 1
    says unmapped linux1 'alive=42' && [[ $(value unmapped linux1 status) == 135 ]]
}
check unmapped-access unmapped

# A guest that panics stays down, or starts again; the other does its work.
guest_panics() {
    boot crash 0 --timeout 240 --exec 'linux0=sleep 3; echo survived=$((40 + 2))' \
        --exec 'linux1=echo 1 >/proc/sys/kernel/sysrq; echo o >/proc/sysrq-trigger; sleep 100' &&
        says crash linux0 'survived=42'
}
check sysrq-power-off guest_panics

# CPUs go away and come back.
hotplug() {
    boot hotplug 0 --timeout 240 --exec 'linux1=true' \
        --exec 'linux0=cd /sys/devices/system/cpu/cpu1; for i in 1 2 3; do echo 0 >online; echo 1 >online; done; echo cpus=$(nproc)' &&
        says hotplug linux0 'cpus=2'
}
check cpu-hotplug hotplug

# Counted in instructions, two runs are the same to the byte.
repeats() {
    local exec=(--icount --timeout 400 --smp 1 --exec 'linux0=cat /proc/uptime' --exec 'linux1=cat /proc/interrupts')
    boot icount-1 0 "${exec[@]}" && boot icount-2 0 "${exec[@]}" && cmp "$LOGS/icount-1.out" "$LOGS/icount-2.out"
}
check icount-repeats repeats
