#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every form a kernel may have, as it lies in memory (the hypervisor unpacks and places it) and through the host tool.
. tests/system/lib.bash

LD=${CROSS_arm64:-aarch64-linux-gnu-}ld
TOOL=build/tool/trapeze
D=$PWD/$LOGS/files
mkdir -p "$D"

# The test guest `hello`, which runs wherever it is put: as an Image, as ELF for the place of a VM's memory, and as raw
# code, which is an Image without its magic number.
forms() {
    make -s build/guests/arm64/hello.bin arm64 tool || return 1
    cp build/guests/arm64/hello.bin "$D/image"
    (cd "$D" && "$LD" -b binary image -N -Tdata=0x40000000 -e 0x40000000 -o elf) || return 1
    cp "$D/image" "$D/raw" && printf '\0\0\0\0' | dd of="$D/raw" bs=1 seek=56 conv=notrunc status=none || return 1
    cp "$D/raw" "$D/moved"
    for form in image elf raw; do gzip -9n <"$D/$form" >"$D/$form-gzip" || return 1; done
}
FORMS=(image elf raw moved image-gzip elf-gzip raw-gzip)

# nodes MODULE: a VM for each form; MODULE FORM INDEX prints what says where its kernel is.
nodes() {
    local form index=-1
    for form in "${FORMS[@]}"; do
        index=$((index + 1))
        cat <<-END
			$form {
			    compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>;
			    cpus = <1>; memory = <0 8192>; vpl011;
			    kernel {
			        compatible = "multiboot,kernel", "multiboot,module";
			        $([[ $form != moved ]] || echo 'trapeze,load-address = <0 0x40123000>;')
			        $("$1" "$form" $index)
			    };
			};
		END
    done
}
# all_say_hello NAME [BUT]
all_say_hello() {
    local form
    for form in "${FORMS[@]}"; do
        [[ $form == "${2:-}" ]] || says "$1" "$form" 'hello from a guest with 1 CPU' || return 1
    done
}

address() { printf '0x%x' $((0x50000000 + $1 * 0x200000)); }
in_memory() { echo "reg = <0 $(address "$2") 0 $(stat -c %s "$D/$1")>;"; }
as_they_lie() {
    local form index=-1 loaders=() status
    $TOOL board --arch=arm64 -o "$D/board.dtb" || return 1
    {
        dtc -q -I dtb -O dts "$D/board.dtb"
        echo '/ { chosen { #address-cells = <2>; #size-cells = <2>; trapeze,console = "batch";'
        nodes in_memory
        echo '}; };'
    } | dtc -q -I dts -O dtb -o "$D/memory.dtb" || return 1
    for form in "${FORMS[@]}"; do
        index=$((index + 1))
        loaders+=(-device "loader,file=$D/$form,addr=$(address $index),force-raw=on")
    done
    timeout 120 qemu-system-aarch64 -nodefaults -no-reboot -display none -serial stdio \
        -machine virt,virtualization=on,gic-version=3 -cpu cortex-a57 -smp 2 -m 2G \
        -kernel build/arm64/trapeze.bin -dtb "$D/memory.dtb" "${loaders[@]}" </dev/null >"$LOGS/memory.raw" 2>&1
    status=$?
    tr -d '\000\r' <"$LOGS/memory.raw" >"$LOGS/memory.out"
    [[ $status == 0 ]] || {
        tail -n 30 "$LOGS/memory.out"
        return 1
    }
    # Where an ELF file's segments go is not known before it is unpacked, and there is no other place to unpack it to.
    all_say_hello memory elf-gzip && says memory trapeze 'error: /chosen/elf-gzip: .*Give the file itself, unpacked'
}

from_file() { echo "trapeze,file = \"$D/$1\";"; }
packed() {
    {
        echo '/dts-v1/; / { chosen { trapeze,arch = "arm64"; #address-cells = <2>; #size-cells = <2>;'
        nodes from_file
        echo '}; };'
    } >"$D/files.dts"
    boot packed 0 "$D/files.dts" --timeout 120 && all_say_hello packed
}

check forms forms
check as-they-lie as_they_lie
check packed packed
