#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trees and loaders made for Xen boot as they stand: a dom0less tree as Xen's documentation writes them, with modules
# placed by `reg` and not one property of ours, and the modules that QEMU's guest-loader leaves.
. tests/system/lib.bash

TOOL=build/tool/trapeze
GUESTS=.cache/guests/arm64
D=$LOGS/work
mkdir -p "$D"
$TOOL initramfs tool/initramfs/list --provide "busybox=$GUESTS/busybox" -o "$D/initramfs" || {
    fail setup
    exit 1
}
# For the guest's shell, as base64 so that nothing needs quotes; see tool/README.md.
command() { printf 'trapeze.exec=%s' "$(base64 -w0 <<<"$1")"; }

size() { printf '0x%x' "$(stat -L -c %s "$1")"; }

# As in docs/features/dom0less.pandoc and docs/misc/arm/device-tree/booting.txt of Xen: two domUs, cells of one and two,
# a vCPU node, the properties of dom0 that nobody takes away for it.
dom0less() {
    $TOOL board --arch=arm64 -o "$D/board.dtb" || return 1
    {
        dtc -q -I dtb -O dts "$D/board.dtb"
        cat <<-END
			/ {
			    chosen {
			        #address-cells = <0x1>;
			        #size-cells = <0x1>;
			        xen,xen-bootargs = "console=dtuart dtuart=serial0 dom0_mem=1G bootscrub=0";
			        xen,dom0-bootargs = "console=hvc0 earlycon=xen earlyprintk=xen root=/dev/ram0";
			        domU1 {
			            compatible = "xen,domain";
			            #address-cells = <0x2>;
			            #size-cells = <0x2>;
			            memory = <0 0x40000>;
			            cpus = <1>;
			            vpl011;
			            module@50000000 {
			                compatible = "multiboot,kernel", "multiboot,module";
			                reg = <0x0 0x50000000 0x0 $(size "$GUESTS/vmlinuz")>;
			                bootargs = "console=ttyAMA0 $(command 'echo first=$((40 + 2)) memory=$(ls -d /proc/device-tree/memory@*)')";
			            };
			            module@58000000 {
			                compatible = "multiboot,ramdisk", "multiboot,module";
			                reg = <0x0 0x58000000 0x0 $(size "$D/initramfs")>;
			            };
			        };
			        domU2 {
			            compatible = "xen,domain";
			            #address-cells = <0x1>;
			            #size-cells = <0x1>;
			            memory = <0x0 0x30000>;
			            cpus = <2>;
			            vpl011;
			            nr_spis = <32>;
			            vcpu0 { compatible = "xen,vcpu"; id = <0>; hard-affinity = "1"; };
			            vcpu1 { compatible = "xen,vcpu"; id = <1>; hard-affinity = "0-1"; };
			            module@50000000 {
			                compatible = "multiboot,kernel", "multiboot,module";
			                reg = <0x50000000 $(size "$GUESTS/vmlinuz")>;
			                bootargs = "console=ttyAMA0 $(command 'echo second=$((60 + 6)) cpus=$(nproc) $(grep -o "uart-pl011.*" /proc/interrupts | head -n 1) $(cat /proc/device-tree/chosen/stdout-path)')";
			            };
			            module@58000000 {
			                compatible = "multiboot,ramdisk", "multiboot,module";
			                reg = <0x58000000 $(size "$D/initramfs")>;
			            };
			        };
			    };
			};
		END
    } >"$D/dom0less.dts"
    ! grep trapeze, "$D/dom0less.dts" || return 1
    dtc -q -I dts -O dtb -o "$D/dom0less.dtb" "$D/dom0less.dts" || return 1
    $TOOL check "$D/dom0less.dtb" --strict || return 1
    machine dom0less 0 -kernel build/arm64/trapeze.bin -dtb "$D/dom0less.dtb" \
        -device "loader,file=$GUESTS/vmlinuz,addr=0x50000000,force-raw=on" \
        -device "loader,file=$D/initramfs,addr=0x58000000,force-raw=on" || return 1
    # The first has its RAM, and the second its PL011, where Xen's guests have them.
    has dom0less 'first=42 memory=/proc/device-tree/memory@40000000' 'second=66 cpus=2' \
        '22000000.serial: ttyAMA0 at MMIO 0x22000000' 'domU1: powered off' 'domU2: powered off'
}
check dom0less dom0less

# QEMU makes the tree, so what -device guest-loader leaves in it is all there is.
guest_loader() {
    machine guest-loader 0 -kernel build/arm64/trapeze.bin \
        -device "guest-loader,addr=0x50000000,kernel=$GUESTS/vmlinuz,bootargs=console=ttyAMA0 $(command 'echo answer=$((6 * 7)) cpus=$(nproc)')" \
        -device "guest-loader,addr=0x58000000,initrd=$D/initramfs" || return 1
    has guest-loader 'answer=42 cpus=2' 'one called guest, with 2 CPUs, 1024 MiB of memory and a PL011' 'guest: powered off'
}
check guest-loader guest_loader
