# SPDX-License-Identifier: Apache-2.0
# Systems made of small pieces; sourced by tests/system/*.sh after lib.bash. BROKEN_ARCH: arm64, or arm.
# shellcheck shell=bash

BROKEN_ARCH=${BROKEN_ARCH:-arm64} BROKEN=tests/guest/broken CROSS=${CROSS_arm64:-aarch64-linux-gnu-}
[[ $BROKEN_ARCH == arm64 ]] || BROKEN=$BROKEN/$BROKEN_ARCH CROSS=${CROSS_arm:-arm-linux-gnueabihf-}
BIN=$PWD/$LOGS/bin
mkdir -p "$BIN"

# The guests of tests/guest/broken, as raw binaries.
for source in "$BROKEN"/*.S; do
    name=$(basename "$source" .S)
    "${CROSS}gcc" -c -o "$BIN/$name.o" "$source" && "${CROSS}objcopy" -O binary "$BIN/$name.o" "$BIN/$name.bin" || exit 1
done
"${CROSS}ld" -n -Ttext=0x40000000 -o "$BIN/loops.elf" "$BIN/loops.o" || exit 1

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
        echo "/dts-v1/; / { chosen {"
        echo "trapeze,arch = \"$BROKEN_ARCH\"; #address-cells = <2>; #size-cells = <2>;"
        cat
        echo '}; };'
    } >"$LOGS/$1.dts"
}
# run_system NAME COUNT OPTION...: boot it, until it has ended or so many VMs have been told a likely cause; what it said
# is in $LOGS/NAME.out. It must not be a panic of ours.
run_system() {
    local name=$1 count=$2 pid
    shift 2
    ./run "$LOGS/$name.dts" --batch --timeout 180 "$@" </dev/null >"$LOGS/$name.raw" 2>&1 &
    pid=$!
    while kill -0 $pid 2>/dev/null && [[ $(grep -aoE 'warning: \S+: likely:' "$LOGS/$name.raw" | sort -u | wc -l) -lt $count ]]; do
        sleep 0.5
    done
    kill $pid 2>/dev/null
    wait $pid
    tr -d '\000\r' <"$LOGS/$name.raw" >"$LOGS/$name.out"
    rm -f "$LOGS/$name.raw"
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
