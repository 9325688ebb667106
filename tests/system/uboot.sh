#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Debian's U-Boot below and above: at EL2 it loads what `trapeze pack` wrote from a disk, by its own boot script; as a
# guest it comes to its prompt and boots Linux inside the VM.
. tests/system/lib.bash
. tests/system/disk.bash

TOOL=build/tool/trapeze
GUESTS=.cache/guests/arm64
D=$LOGS/work
mkdir -p "$D"
[[ -e $GUESTS/u-boot.bin ]] || {
    skip '' "there is no $GUESTS/u-boot.bin: scripts/fetch arm64-uboot"
    exit 0
}
$TOOL initramfs tool/initramfs/list --provide "busybox=$GUESTS/busybox" -o "$D/initramfs" || {
    fail setup
    exit 1
}

# Below: firmware of the machine. boot.scr is found by U-Boot's own scan.
below() {
    local gic=$1
    $TOOL board --arch=arm64 --gic "$gic" -o "$D/board.dtb" || return 1
    rm -rf "$D/boot"
    $TOOL pack examples/arm64-linux-pair.dts --dtb "$D/board.dtb" -o "$D/boot" --set-batch \
        --provide debian:linux-arm64="$GUESTS/vmlinuz" --provide debian:initramfs-arm64="$D/initramfs" \
        --exec 'linux0=echo answer=$((6 * 7)) cpus=$(nproc)' --exec 'linux1=echo answer=$((6 * 8))' || return 1
    disk "$D/boot" "$D/disk.img" || return 1
    MACHINE=virt,virtualization=on,gic-version=$gic machine "below-$gic" 0 -bios "$GUESTS/u-boot.bin" \
        -drive "file=$D/disk.img,format=raw,if=none,id=disk,readonly=on" -device virtio-blk-device,drive=disk || return 1
    has "below-$gic" '/boot.scr' 'Starting kernel ...' 'linux0: answer=42 cpus=2' 'linux1: answer=48' 'every VM is off'
}
check below-gicv3 below 3
check below-gicv2 below 2
rm -rf "$D/boot" "$D/disk.img"

# Above: a guest, with Linux and its initramfs as one FIT image in the place of an initrd.
cat >"$D/payload.dts" <<END
/dts-v1/;
/ {
    #address-cells = <1>;
    description = "Linux and its initramfs";
    timestamp = <1>;
    images {
        kernel {
            data = /incbin/("$PWD/$GUESTS/vmlinuz");
            type = "kernel";
            arch = "arm64";
            os = "linux";
            compression = "none";
            load = <0x44000000>;
            entry = <0x44000000>;
        };
        initrd {
            data = /incbin/("$PWD/$D/initramfs");
            type = "ramdisk";
            arch = "arm64";
            os = "linux";
            compression = "none";
        };
    };
};
END
dtc -q -I dts -O dtb -o "$D/payload.fit" "$D/payload.dts"
{
    sed '/^};/,$d; s,\(256 \* 1024\),384 * 1024,' examples/arm64-uboot.dts | sed '/^        };/,$d'
    cat <<-END
		            ramdisk {
		                compatible = "multiboot,ramdisk", "multiboot,module";
		                trapeze,file = "$PWD/$D/payload.fit";
		            };
		        };
		    };
		};
	END
} >"$D/guest.dts"

OUT=$LOGS/above.out
# until_seen TEXT SECONDS: what U-Boot, Linux or Trapeze print has TEXT, behind what was waited for before.
SEEN=0
until_seen() {
    local end=$((SECONDS + $2)) at
    while ((SECONDS < end)); do
        at=$(tail -c "+$((SEEN + 1))" "$OUT" | grep -aboF -m 1 -- "$1" | head -n 1)
        if [[ -n $at ]]; then
            SEEN=$((SEEN + ${at%%:*} + ${#1}))
            return 0
        fi
        kill -0 "$RUN" 2>/dev/null || break
        sleep 0.2
    done
    echo "waited in vain for '$1'; $OUT ends:"
    tail -c 1500 "$OUT"
    return 1
}
# u_boot COMMAND: typed at its prompt.
u_boot() {
    until_seen '=> ' 30 && printf '%s\r' "$1" >&7
}
above() {
    local status
    rm -f "$LOGS/above.in"
    mkfifo "$LOGS/above.in" || return 1
    : >"$OUT"
    ./run "$D/guest.dts" --timeout 240 <"$LOGS/above.in" >"$OUT" 2>&1 &
    RUN=$!
    exec 7>"$LOGS/above.in"
    until_seen '(0 bootflows, 0 valid)' 120 &&
        u_boot 'fdt addr 0x40000000' &&
        u_boot 'fdt get value payload /chosen linux,initrd-start 1' &&
        u_boot "setenv bootargs console=ttyAMA0 trapeze.exec=$(base64 -w0 <<<'echo inside=$((7 * 8)) model=$(cat /proc/device-tree/model)')" &&
        u_boot 'bootm ${payload}:kernel ${payload}:initrd 0x40000000' &&
        until_seen 'inside=56 model=uboot' 120 &&
        until_seen 'every VM is off' 30
    status=$?
    [[ $status == 0 ]] || kill "$RUN" 2>/dev/null
    wait "$RUN"
    exec 7>&-
    return $status
}
check above above
rm -f "$D/payload.fit" "$D/payload.dts"
