# SPDX-License-Identifier: Apache-2.0
# Systems made of small pieces; sourced by tests/system/*.sh after lib.bash.
# shellcheck shell=bash

CC=${CROSS_arm64:-aarch64-linux-gnu-}gcc
OBJCOPY=${CROSS_arm64:-aarch64-linux-gnu-}objcopy
BIN=$PWD/$LOGS/bin
mkdir -p "$BIN"

# The guests of tests/guest/broken, as raw binaries.
for source in tests/guest/broken/*.S; do
    name=$(basename "$source" .S)
    "$CC" -c -o "$BIN/$name.o" "$source" && "$OBJCOPY" -O binary "$BIN/$name.o" "$BIN/$name.bin" || exit 1
done
"${CROSS_arm64:-aarch64-linux-gnu-}ld" -n -Ttext=0x40000000 -o "$BIN/loops.elf" "$BIN/loops.o" || exit 1

# vm NAME KERNEL [BOOTARGS [CPUS [KIB [RAMDISK]]]]: a node.
vm() {
    local name=$1 kernel=$2 bootargs=${3:-console=ttyAMA0} cpus=${4:-1} kib=${5:-16384} ramdisk=${6:-}
    cat <<-END
		$name {
			compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>;
			cpus = <$cpus>; memory = <0 $kib>; vpl011;
			kernel {
				compatible = "multiboot,kernel", "multiboot,module";
				trapeze,file = "$kernel";
				bootargs = "$bootargs";
			};
	END
    [[ -z $ramdisk ]] || cat <<-END
			ramdisk {
				compatible = "multiboot,ramdisk", "multiboot,module";
				trapeze,file = "$ramdisk";
			};
	END
    echo '};'
}
# system NAME: the nodes on standard input as a tree.
system() {
    {
        echo '/dts-v1/; / { chosen { trapeze,arch = "arm64"; #address-cells = <2>; #size-cells = <2>;'
        cat
        echo '}; };'
    } >"$LOGS/$1.dts"
}
