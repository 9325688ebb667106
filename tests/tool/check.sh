#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `trapeze check`, under ASan and UBSan: what it finds, in which line, and its exit status.
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

# A board of 256 MiB and one CPU.
cat >"$D/board.dts" <<'END'
/dts-v1/;
/memreserve/ 0x4a000000 0x1000;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x10000000>; };
    cpus {
        #address-cells = <1>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <0>; };
    };
};
END
dtc -q -I dts -O dtb -o "$D/board.dtb" "$D/board.dts"

# An arm64 Image that needs 5 MiB.
{
    printf '\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x50\x00\x00\x00\x00\x00'
    printf '\x0a\x00\x00\x00\x00\x00\x00\x00'
    head -c 24 /dev/zero
    printf 'ARM\x64\x00\x00\x00\x00'
    head -c 100000 /dev/zero
} >"$D/Image"
head -c 5000 /dev/urandom >"$D/ramdisk"
gzip -kf "$D/Image"
head -c 60 "$D/Image.gz" >"$D/short.gz"
head -c 40000 "$D/Image" | tail -c +61 >"$D/zeros"
# A RISC-V Image.
{
    printf '\x6f\x00\x00\x01\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00'
    printf '\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00'
    head -c 12 /dev/zero
    printf 'RISCV\x00\x00\x00RSC\x05'
    head -c 4036 /dev/zero
} >"$D/riscv"
printf 'Just some text, which is no kernel.\n' >"$D/text"
: >"$D/empty"

# The VM begins in line 5, its kernel's file is in line 12.
# vm FILE MORE-IN-VM(line 10) KERNEL [REST]
vm() {
    cat >"$D/$1" <<-END
		/dts-v1/;
		/ {
		    chosen {
		        trapeze,arch = "arm64";
		        vm: one {
		            compatible = "xen,domain";
		            cpus = <1>;
		            memory = <0 0x10000>;
		            vpl011;
		            $2
		            kernel { compatible = "multiboot,kernel", "multiboot,module";
		                $3
		                bootargs = "console=ttyAMA0 a={ // /* b";
		            };
		        };
		        ${4:-}
		    };
		};
	END
}
run() { (cd "$D" && "../../../../../$TOOL" check "$@"); }
# finds STATUS TEXT FILE [OPTION...]
finds() {
    local want=$1 text=$2 status out
    shift 2
    out=$(run "$@" 2>&1)
    status=$?
    echo "status $status: $out"
    [[ $status == "$want" && $out == *"$text"* ]]
}

vm good.dts '' 'trapeze,file = "Image";'
check good finds 0 'good.dts: 1 VM, 0 errors, 0 warnings' good.dts --strict
check good-on-board finds 0 '0 errors, 0 warnings' good.dts --strict --dtb board.dtb
vm gz.dts '' 'trapeze,file = "Image.gz";'
check gzip finds 0 '0 errors, 0 warnings' gz.dts

# Lines: of a property, of a node with labels, of an included file.
vm line.dts 'trapeze,priority = <32>;' 'trapeze,file = "Image";'
check line finds 2 'line.dts:10: error: /chosen/one: trapeze,priority: 32 is no priority' line.dts
vm node.dts '' 'trapeze,file = "Image";' 'two { compatible = "xen,domain"; cpus = <1>; };'
check line-of-node finds 2 'node.dts:16: error: /chosen/two: memory: The VM has no memory' node.dts
mkdir -p "$D/parts"
printf 'nr_spis = <9999>;\n' >"$D/parts/more.dtsi"
vm include.dts '/include/ "parts/more.dtsi"' 'trapeze,file = "Image";'
check line-of-include finds 2 'parts/more.dtsi:1: error: /chosen/one: nr_spis: 9999' include.dts
vm later.dts '' 'trapeze,file = "Image";'
printf '&vm {\n    trapeze,priority = <40>;\n};\n' >>"$D/later.dts"
check line-of-reference finds 2 'later.dts:20: error: /chosen/one: trapeze,priority' later.dts
dtc -q -I dts -O dtb -o "$D/line.dtb" "$D/line.dts"
check blob finds 2 'line.dtb: error: /chosen/one: trapeze,priority: 32' line.dtb

# All at once, in the order of the lines; a warning fails with --strict only.
vm many.dts 'trapeze,priority = <32>; vlp011;' 'trapeze,file = "text";' 'two { compatible = "xen,domain"; };'
many() {
    local out
    out=$(run many.dts 2>&1)
    echo "$out"
    [[ $(sed -n 's/^many.dts:\([0-9]*\): \([a-z]*\):.*/\1\2/p' <<<"$out" | xargs) == \
        '10warning 10error 12error 16error 16error 16error' && $out == *'2 VMs, 5 errors, 1 warning' ]]
}
check all-at-once many
vm warn.dts 'vlp011;' 'trapeze,file = "Image";'
check warning finds 0 'Did you mean vpl011?' warn.dts
check strict finds 1 '0 errors, 1 warning' warn.dts --strict

# The board's limits, and none without a board.
vm large.dts '' 'trapeze,file = "Image";'
sed -i 's/0x10000>/0x100000>/; s/cpus = <1>/cpus = <2>/' "$D/large.dts"
check no-board finds 0 '0 errors, 0 warnings' large.dts
check too-much finds 2 'large.dts:8: error: /chosen/one: memory: 1048576 KiB are more than the machine has' large.dts \
    --dtb board.dtb
check more-cpus finds 2 'large.dts:7: warning: /chosen/one: cpus: The VM has 2 virtual CPUs, the machine 1' large.dts \
    --dtb board.dtb
vm placed.dts '#address-cells = <2>; #size-cells = <2>;' 'reg = <0 0x4a000800 0 0x1000>;'
check reserved finds 2 'placed.dts:12: error: /chosen/one/kernel: reg: The module at 0x4a000800 of 0x1000 bytes overlaps what is reserved' \
    placed.dts --dtb board.dtb
cat "$D/board.dts" - >"$D/whole.dts" <<'END'
/ { chosen { vm { compatible = "xen,domain"; cpus = <1>; memory = <0 0x800000>; kernel { compatible = "multiboot,kernel",
"multiboot,module"; trapeze,file = "Image"; }; }; }; };
END
check whole-board finds 2 'more than the machine has, which is 262144 KiB' whole.dts

# Files of modules.
vm name.dts '' 'trapeze,file = "debian:linux-arm64";'
check name finds 0 'so the file is not checked. Add --provide debian:linux-arm64=PATH' name.dts
check name-strict finds 1 'warning' name.dts --strict
check name-provided finds 0 '0 errors, 0 warnings' name.dts --provide debian:linux-arm64=Image
check name-provided-wrong finds 2 'nowhere, which is provided as "debian:linux-arm64", is no file that can be read' name.dts \
    --provide debian:linux-arm64=nowhere
file() {
    vm "file-$1.dts" '' "trapeze,file = \"$2\";"
    check "file-$1" finds 2 "file-$1.dts:12: error: /chosen/one/kernel: trapeze,file: $3" "file-$1.dts"
}
file missing nowhere 'There is no file nowhere that can be read. Write a path relative to the .dts.'
file folder parts 'There is no file parts that can be read'
file empty empty 'empty is empty. Give the file'
file text text "text cannot be a kernel: it looks like text. The file is text, not a kernel. Take the kernel's Image."
file zeros zeros 'zeros cannot be a kernel: it looks like zeros (nothing was loaded there?). There are only zeros'
file cut-off short.gz 'short.gz is a gzip file that is broken or cut off'
file other-architecture riscv 'riscv is a RISC-V kernel Image, which VMs of arm64 cannot run'
vm small.dts '' 'trapeze,file = "Image";'
sed -i 's/0x10000>/0x1000>/' "$D/small.dts"
check too-small finds 2 "small.dts:8: error: /chosen/one: memory: The VM's 4096 KiB cannot hold its kernel, which needs 5121 KiB" \
    small.dts

# What cannot be read at all.
printf '/dts-v1/;\n/ { nonsense };\n' >"$D/broken.dts"
check syntax finds 2 'broken.dts:2.' broken.dts
check no-file finds 2 'there is no such file' nowhere.dts
head -c 100 "$D/line.dtb" >"$D/cut.dtb"
check cut-blob finds 2 'not a device tree blob' cut.dtb
check usage finds 2 'usage: trapeze check'
check help finds 0 'Exit status' --help

# The hypervisor says the same of the same tree: its parser is the one in use here. All examples are good.
examples() {
    local file bad=0
    for file in examples/*.dts tests/system/*.dts; do
        "$TOOL" check "$file" || bad=1
    done
    return $bad
}
check examples examples
