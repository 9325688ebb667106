#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy (.clang-tidy says which checks) and clang's thread-safety analysis.
. tests/harness.bash

have clang-tidy || {
    skip '' "there is no clang-tidy"
    exit 0
}
JOBS=$(nproc)
COMMON=(-std=gnu11 -Isrc -I.)
HOST=("${COMMON[@]}" -Isrc/arch/host -D_GNU_SOURCE)
TARGET=("${COMMON[@]}" --target=aarch64-linux-gnu -ffreestanding -mgeneral-regs-only -Isrc/arch/arm/a64 -Ibuild/arm64/gen
    -isystem .cache/root/arm64/usr/include -isystem /usr/aarch64-linux-gnu/include)

ARM=("${COMMON[@]}" --target=arm-linux-gnueabihf -mcpu=cortex-a15 -mthumb -ffreestanding -mgeneral-regs-only -D__NO_INLINE__
    -Isrc/arch/arm/a32 -Ibuild/arm/gen -isystem .cache/root/arm/usr/include -isystem /usr/arm-linux-gnueabihf/include)
RISCV=("${COMMON[@]}" --target=riscv64-linux-gnu -march=rv64gc -ffreestanding -Isrc/arch/riscv/hw -Ibuild/riscv64/gen
    -isystem .cache/root/riscv64/usr/include -isystem /usr/riscv64-linux-gnu/include)

files() { git ls-files -co --exclude-standard '*.c' | grep -E "$1"; }
tidy() {
    local pattern=$1
    shift
    files "$pattern" | xargs -r -P "$JOBS" -I{} sh -c 'out=$(clang-tidy --quiet "$@" 2>/dev/null) && [ -z "$(echo "$out" | grep -E "(warning|error):")" ] || { echo "$out"; exit 1; }' \
        sh {} -- "${FLAGS[@]}"
}
locks() {
    files "$1" | xargs -r -P "$JOBS" -n 4 clang "${FLAGS[@]}" -Wno-everything -Wthread-safety -Werror -fsyntax-only
}

FLAGS=("${HOST[@]}")
check pure tidy '^src/(lib|core|vdev)/|^src/arch/(host/|[a-z]+/model/)'
check tool tidy '^tool/'
FLAGS=("${TARGET[@]}")
check arm64 tidy '^src/(boot|drivers)/|^src/arch/arm/(hw|a64)/'
check arm64-thread-safety locks '^src/(lib|core|vdev|boot|drivers)/|^src/arch/arm/(hw|a64)/|^src/arch/arm/model/(a64|arm|lpae|psci|smccc)'
FLAGS=("${ARM[@]}")
check arm tidy '^src/arch/arm/a32/'
check arm-thread-safety locks '^src/arch/arm/a32/|^src/arch/arm/model/a32'
FLAGS=("${RISCV[@]}")
check riscv64 tidy '^src/arch/riscv/hw/'
check riscv64-thread-safety locks '^src/arch/riscv/'
