#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Debian's U-Boot in a VM reads and writes the VM's disk; after a reset the disk is as it was packed.
. tests/system/lib.bash
have python3 || {
    skip '' "there is no python3"
    exit 0
}
[[ -e .cache/guests/arm64/u-boot.bin ]] || {
    skip '' "there is no .cache/guests/arm64/u-boot.bin: scripts/fetch arm64-uboot"
    exit 0
}
yes trapeze | head -c 65700 >"$LOGS/disk.img" # the end is no whole sector
{
    sed '/^            kernel {/,$d' examples/arm64-uboot.dts
    cat <<-END
		            disk {
		                compatible = "trapeze,disk", "multiboot,module";
		                trapeze,file = "$PWD/$LOGS/disk.img";
		            };
	END
    sed -n '/^            kernel {/,$p' examples/arm64-uboot.dts
} >"$LOGS/virtio.dts"
python3 tests/system/virtio.py "$LOGS/virtio.dts" "$LOGS/session.out"
