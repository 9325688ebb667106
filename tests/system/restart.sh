#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# VMs restart again and again while another runs, and nothing is lost by it.
. tests/system/lib.bash
. tests/system/broken.bash
have python3 || {
    skip '' "there is no python3"
    exit 0
}

{
    vm linux0 debian:linux-arm64 'console=ttyAMA0 hostname=linux0' 1 262144 debian:initramfs-arm64
    vm linux1 debian:linux-arm64 'console=ttyAMA0 hostname=linux1' 1 262144 debian:initramfs-arm64
    vm waits "$BIN/waits.bin" 'console=ttyAMA0' 1 2048
    vm resets "$BIN/resets.bin" 'console=ttyAMA0' 1 2048
} | system restart
python3 tests/system/restart.py "$LOGS/restart.dts" "$LOGS/session.out"
