#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `trapeze pack`, under ASan and UBSan: what it writes, and what it says when it cannot.
. tests/harness.bash

TOOL=build/tool-asan/trapeze
export ASAN_OPTIONS=detect_leaks=0
make -s tool TOOL_SANITIZE=1 >"$LOGS/build.log" 2>&1 || {
    fail build "$LOGS/build.log"
    exit 1
}
D=$LOGS/work
rm -rf "$D"
mkdir -p "$D"

# A board of 512 MiB with two reserved ranges.
cat >"$D/board.dts" <<'END'
/dts-v1/;
/memreserve/ 0x4a000000 0x1000;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    compatible = "test,board";
    chosen { stdout-path = "/uart"; };
    memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x20000000>; };
    reserved-memory {
        #address-cells = <2>;
        #size-cells = <2>;
        ranges;
        firmware@4c000000 { reg = <0 0x4c000000 0 0x100000>; };
    };
    cpus {
        #address-cells = <1>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <0>; phandle = <7>; };
    };
    uart { compatible = "test,uart"; interrupt-parent = <7>; };
};
END
dtc -q -I dts -O dtb -o "$D/board.dtb" "$D/board.dts"

# An arm64 Image of 3 MiB that says it needs 5: booting.rst's header.
{
    printf '\x00\x00\x00\x14\x00\x00\x00\x00'
    printf '\x00\x00\x00\x00\x00\x00\x00\x00' # text_offset
    printf '\x00\x00\x50\x00\x00\x00\x00\x00' # image_size
    printf '\x0a\x00\x00\x00\x00\x00\x00\x00' # flags
    head -c 24 /dev/zero
    printf 'ARM\x64\x00\x00\x00\x00'
    head -c $((3 * 1024 * 1024 - 64)) /dev/zero
} >"$D/Image"
head -c 5000 /dev/urandom >"$D/ramdisk"
head -c 4096 "$D/Image" >"$D/trapeze.bin"

# system FILE NODES: a description with NODES in /chosen.
system() { printf '/dts-v1/;\n/ { chosen { %s }; };\n' "$2" >"$D/$1"; }
# vm NAME KERNEL [MORE]
vm() {
    echo "$1 { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; cpus = <1>;" \
        "memory = /bits/ 64 <65536>; vpl011; ${3:-}" \
        "kernel { compatible = \"multiboot,kernel\", \"multiboot,module\"; trapeze,file = \"$2\"; bootargs = \"a=b\"; };" \
        "ramdisk { compatible = \"multiboot,ramdisk\", \"multiboot,module\"; trapeze,file = \"ramdisk\"; }; };"
}
pack() { "$TOOL" pack "$D/$1" --dtb "$D/board.dtb" -o "$D/out" --hypervisor "$D/trapeze.bin" "${@:2}"; }
# refuses TEXT FILE [OPTION...]: it must fail with status 1 and say TEXT.
refuses() {
    local text=$1 status out
    shift
    out=$(pack "$@" 2>&1)
    status=$?
    echo "status $status: $out"
    [[ $status == 1 && $out == *"$text"* ]]
}
get() { fdtget -t "${4:-x}" "$1" "$2" "$3"; }

system pair.dts "$(vm one Image) $(vm two Image)"
packs() { pack pair.dts --set-batch --exec 'two=echo "x y"' && cat "$D/out/modules.txt"; }
check packs packs

address() { awk -v f="$1" '$3 == f { print $1 }' "$D/out/modules.txt"; }
# Kernels on 2 MiB, with 6 MiB of their own; nothing in what is reserved, the tree's place or the hypervisor's.
placed() {
    local file at size all='' other bad=0
    while read -r at size file; do
        [[ $(stat -c %s "$D/out/$file") == "$size" ]] || { echo "$file: size"; bad=1; }
        [[ $file != *-kernel ]] || { ((at % 0x200000 == 0)) || { echo "$file: alignment"; bad=1; }; size=$((6 << 20)); }
        ((at % 4096 == 0)) || { echo "$file: page"; bad=1; }
        for other in $all "$((0x40000000)):$((18 << 20))" "$((0x48000000)):$((2 << 20))" "$((0x4a000000)):4096" \
            "$((0x4c000000)):$((1 << 20))"; do
            ((at + size <= ${other%:*} || at >= ${other%:*} + ${other#*:})) || { echo "$file at $at overlaps $other"; bad=1; }
        done
        ((at >= 0x40000000 && at + size <= 0x60000000)) || { echo "$file: outside RAM"; bad=1; }
        all="$all $((at)):$size"
    done <"$D/out/modules.txt"
    [[ $(wc -l <"$D/out/modules.txt") == 4 ]] && return $bad
}
check placed placed
in_tree() {
    local reg
    reg=$(get "$D/out/system.dtb" /chosen/one/kernel reg)
    [[ $reg == "0 $(printf %x "$(address one-kernel)") 0 300000" ]] &&
        [[ $(get "$D/out/system.dtb" /chosen/two/kernel bootargs s) == "a=b trapeze.exec=$(printf 'echo "x y"' | base64)" ]] &&
        [[ $(get "$D/out/system.dtb" /chosen/one/kernel bootargs s) == "a=b" ]] &&
        [[ $(get "$D/out/system.dtb" /chosen trapeze,console s) == batch ]] &&
        [[ $(get "$D/out/system.dtb" / compatible s) == test,board ]] &&
        [[ $(fdtget -l "$D/out/system.dtb" /chosen | xargs) == "one two" ]]
}
if have fdtget; then check in-tree in_tree; else skip in-tree "there is no fdtget"; fi
script() {
    grep -q "$(address two-ramdisk) \${prefix}two-ramdisk" "$D/out/boot.cmd" && grep -q 'booti 0x40200000 - 0x48000000' "$D/out/boot.cmd" &&
        tail -c +73 "$D/out/boot.scr" | cmp - "$D/out/boot.cmd"
}
check u-boot-script script

# The same file, compressed, comes out the same.
unpacks() {
    system packed.dts "$(vm one "$1")"
    pack packed.dts && cmp "$D/Image" "$D/out/one-kernel"
}
gzip -kf "$D/Image"
check gzip unpacks Image.gz
if have zstd; then
    zstd -qf "$D/Image"
    check zstd unpacks Image.zst
else
    skip zstd "there is no zstd"
fi
head -c 2000 "$D/Image.gz" >"$D/short.gz"
system short.dts "$(vm one short.gz)"
check gzip-cut-off refuses "broken or cut off" short.dts

# A phandle of the board's is not taken over.
system phandle.dts "$(vm one Image) a: thing { phandle = <7>; }; user { uses = <&a 5>; };"
check phandle-collision refuses "write phandle = <8>" phandle.dts
system phandle.dts "$(vm one Image) a: thing { phandle = <8>; }; user { uses = <&a 5>; };"
phandle() { pack phandle.dts && [[ $(get "$D/out/system.dtb" /chosen/user uses) == "8 5" ]]; }
if have fdtget; then check phandle phandle; else skip phandle "there is no fdtget"; fi

system none.dts ''
check no-vm refuses 'No VM is described' none.dts
system nofile.dts "$(vm one nowhere)"
check no-file refuses '/chosen/one/kernel: trapeze,file' nofile.dts
system noname.dts "$(vm one debian:linux-x)"
check name-not-provided refuses '--provide debian:linux-x=PATH' noname.dts
check exec-unknown-vm refuses "no VM called 'nobody'" pair.dts --exec nobody=true
system bad.dts "$(vm one Image 'trapeze,priority = <99>;')"
check refused-vm refuses 'trapeze,priority' bad.dts
keeps_going() { pack bad.dts --keep-going && [[ -s $D/out/modules.txt ]]; }
check keep-going keeps_going
echo 'not a tree' >"$D/broken.dtb"
check broken-dtb refuses 'not a device tree blob' broken.dtb
echo '/ nonsense' >"$D/broken.dts"
check broken-dts refuses 'dtc does not accept it' broken.dts
{ cat "$D/Image"; head -c 400000000 /dev/zero; } >"$D/huge"
system huge.dts "$(vm one Image) $(vm two huge | sed 's/65536/409600/')"
check too-large refuses 'do not fit' huge.dts
rm -f "$D/huge"
usage() { "$TOOL" pack >/dev/null 2>&1; [[ $? == 2 ]]; }
check usage usage
