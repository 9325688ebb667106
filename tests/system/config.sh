#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Wrong configurations: each VM that is wrong is refused in words, the same as `trapeze check` has, and the good one
# starts. And a machine that is wrong: no EL2, no VM.
. tests/system/lib.bash

TOOL=build/tool/trapeze
IMAGE=build/arm64/trapeze.bin
D=$LOGS/work
mkdir -p "$D"
make -s guests || {
    fail guests
    exit 1
}
$TOOL board --arch=arm64 -o "$D/board.dtb" || {
    fail board
    exit 1
}
HELLO=build/guests/arm64/hello.bin
size() { printf '0x%x' "$(stat -L -c %s "$1")"; }

# vm NAME PROPERTIES ADDRESS SIZE [MORE]: with a module by reg.
vm() {
    echo "$1 { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; vpl011; $2" \
        "kernel { compatible = \"multiboot,kernel\", \"multiboot,module\"; reg = <$3 $4>; }; ${5:-} };"
}
# tree FILE VM...
tree() {
    local file=$1
    shift
    {
        dtc -q -I dtb -O dts "$D/board.dtb" | sed 's,^/dts-v1/;,&\n/memreserve/ 0x5f000000 0x10000;,'
        echo "/ { chosen { $* }; };"
    } >"$D/$file.dts"
    dtc -q -I dts -O dtb -o "$D/$file.dtb" "$D/$file.dts"
}

P='cpus = <1>; memory = <0 0x4000>;'
printf 'This is a text, and not a kernel at all.' >"$D/text"
wrong() {
    local missing=0 line
    tree wrong \
        "$(vm no-memory 'cpus = <1>;' '0 0x51000000' '0 0x1000')" \
        "$(vm too-much 'cpus = <1>; memory = <0 0x1000000>;' '0 0x51000000' '0 0x1000')" \
        "$(vm no-cpus 'cpus = <0>; memory = <0 0x4000>;' '0 0x51000000' '0 0x1000')" \
        "$(vm beyond "$P" '0xffffffff 0xfffff000' '0 0x2000')" \
        "$(vm outside "$P" '0 0x10000000' '0 0x1000')" \
        "$(vm on-reserved "$P" '0 0x5f00f000' '0 0x2000')" \
        "$(vm on-hypervisor "$P" '0 0x40210000' '0 0x1000')" \
        "$(vm on-tree "$P" '0 0x48000000' '0 0x1000')" \
        "$(vm cells "$P" '0x51000000' '0x1000')" \
        "$(vm unknown "trapeze,prioritty = <1>; $P" '0 0x53000000' '0 0x1000')" \
        "$(vm promise "direct-map; $P" '0 0x53000000' '0 0x1000')" \
        "$(vm text "$P" '0 0x54000000' '0 0x28')" \
        "$(vm zeros "$P" '0 0x55000000' '0 0x1000')" \
        "$(vm good "$P" '0 0x50000000' "0 $(size $HELLO)")" \
        "$(vm twin "trapeze,name = \"good\"; $P" '0 0x53000000' '0 0x1000')" \
        "$(vm on-another "$P" '0 0x50000800' '0 0x1000')" || return 1
    machine wrong 0 -kernel $IMAGE -dtb "$D/wrong.dtb" -device loader,file=$HELLO,addr=0x50000000,force-raw=on \
        -device loader,file="$D/text",addr=0x54000000,force-raw=on || return 1
    # What is wrong in the tree alone, check knows as well, in the same words.
    "$TOOL" check "$D/wrong.dtb" 2>&1 | sed -n 's/^[^ ]*: error: //p' >"$D/check.txt"
    [[ $(wc -l <"$D/check.txt") -ge 10 ]] || return 1
    while read -r line; do
        grep -aqF -- "$line" <(sed -n 's,^trapeze: error: \(/[^ ]*\) \(.*\),\1: \2,p; s,^trapeze: error: \(/.*\),\1,p' \
            "$LOGS/wrong.out") || {
            echo "the hypervisor does not say: $line"
            missing=1
        }
    done <"$D/check.txt"
    [[ $missing == 0 ]] || return 1
    # What only the hypervisor knows: where it is, and what lies in memory.
    has wrong '/chosen/on-hypervisor/kernel reg: The module at 0x40210000 of 0x1000 bytes overlaps the hypervisor' \
        '/chosen/on-tree/kernel reg: The module at 0x48000000 of 0x1000 bytes overlaps the device tree' \
        '/chosen/text: The kernel cannot be used: it looks like text. The file is text, not a kernel.' \
        '/chosen/zeros: The kernel cannot be used: it looks like zeros (nothing was loaded there?).' \
        'hello from a guest with 1 CPUs' 'good: powered off'
}
check wrong-vms wrong

# Nothing to start is said, and the machine turned off.
none() {
    tree none "$(vm only 'cpus = <1>;' '0 0x51000000' '0 0x1000')" || return 1
    TIMEOUT=60 machine none 0 -kernel $IMAGE -dtb "$D/none.dtb"
    has none '/chosen/only memory: The VM has no memory. Write its size in KiB' 'no VM can be started'
}
check no-vm-left none
empty() {
    TIMEOUT=60 machine empty 0 -kernel $IMAGE
    has empty '/chosen: No VM is described. Write nodes with compatible = "xen,domain" in /chosen'
}
check no-vm-at-all empty

# Without EL2 it says so, on the console, and stays.
for gic in 2 3; do
    el1() {
        TIMEOUT=5 MACHINE=virt,gic-version=$gic machine "el1-$gic" 124 -kernel $IMAGE || return 1
        has "el1-$gic" 'Trapeze was entered at EL1, but a hypervisor needs EL2.' '-machine virt,virtualization=on'
    }
    check "el1-gicv$gic" el1
done

# ./run --check is trapeze check with the board and the files that ./run has.
run_check() {
    local out status
    ./run --check examples/arm64-linux-pair.dts | grep '2 VMs, 0 errors, 0 warnings' || return 1
    out=$(./run --check tests/system/small-pair.dts --memory 256M 2>&1)
    status=$?
    echo "status $status: $out"
    [[ $status == 2 && $out == *'small-pair.dts:33: error: /chosen/linux1: memory:'* ]]
}
check run-check run_check
