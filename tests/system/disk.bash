# SPDX-License-Identifier: Apache-2.0
# A disk that U-Boot boots from; sourced by tests/system/*.sh.
# shellcheck shell=bash
PATH=$PATH:/sbin:/usr/sbin # mke2fs, for who is not root

# disk FOLDER FILE: an ext4 file system with FOLDER in the only partition, which begins at 1 MiB.
disk() {
    local mib=$(($(du -sm "$1" | cut -f 1) * 5 / 4 + 16)) sectors
    sectors=$((mib * 2048))
    rm -f "$2"
    truncate -s "$((mib + 1))M" "$2"
    # The entry of the partition table: bootable, type Linux, first sector and count; then the signature.
    {
        printf '\x80\x00\x00\x00\x83\x00\x00\x00\x00\x08\x00\x00'
        printf "$(printf '\\x%02x' $((sectors & 255)) $((sectors >> 8 & 255)) $((sectors >> 16 & 255)) $((sectors >> 24)))"
    } | dd of="$2" bs=1 seek=446 conv=notrunc status=none
    printf '\x55\xaa' | dd of="$2" bs=1 seek=510 conv=notrunc status=none
    mke2fs -q -F -t ext4 -E offset=1048576 -d "$1" "$2" "${mib}M"
}
