#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guests that are broken on purpose: for each the log says what it does, where, and what to do about it.
. tests/system/lib.bash

CC=${CROSS_arm64:-aarch64-linux-gnu-}gcc
OBJCOPY=${CROSS_arm64:-aarch64-linux-gnu-}objcopy
BIN=$PWD/$LOGS/bin
mkdir -p "$BIN"

# The guests of tests/guest/broken, as raw binaries.
for source in tests/guest/broken/*.S; do
    name=$(basename "$source" .S)
    "$CC" -c -o "$BIN/$name.o" "$source" && "$OBJCOPY" -O binary "$BIN/$name.o" "$BIN/$name.bin" || exit 1
done
make -s build/guests/arm64/hello.bin build/tool/trapeze || exit 1
HELLO=$PWD/build/guests/arm64/hello.bin

# vm NAME KERNEL [BOOTARGS [CPUS [KIB [RAMDISK]]]]: a node.
vm() {
    local name=$1 kernel=$2 bootargs=${3:-} cpus=${4:-1} kib=${5:-16384} ramdisk=${6:-}
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
# run_system NAME OPTION...: boot it, whatever its end; what it said is in $LOGS/NAME.out. It must not be a panic of ours.
run_system() {
    local name=$1
    shift
    ./run "$LOGS/$name.dts" --batch "$@" </dev/null 2>&1 | tr -d '\000\r' >"$LOGS/$name.out"
    ! grep -aE '^Trapeze panic|BUG at' "$LOGS/$name.out"
}
# told RUN VM WHAT CAUSE: the log has both, once.
told() {
    local pattern
    for pattern in "trapeze: warning: $2: .*$3" "trapeze: warning: $2: likely: .*$4"; do
        [[ $(grep -acE "$pattern" "$LOGS/$1.out") == 1 ]] || {
            echo "not once in $LOGS/$1.out: $pattern"
            grep -a "$2" "$LOGS/$1.out"
            return 1
        }
    done
}
