#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every header stands alone: compiled by itself, for the host where it is pure and for the target.
. tests/harness.bash

WARN=(-std=gnu11 -Wall -Wextra -Wundef -Wno-unused-parameter -Werror -fsyntax-only -Isrc -I.)
HOST=(gcc "${WARN[@]}" -Isrc/arch/host)
TARGET=(aarch64-linux-gnu-gcc "${WARN[@]}" -ffreestanding -mgeneral-regs-only -Isrc/arch/arm/a64 -Ibuild/arm64/gen
    -isystem .cache/root/arm64/usr/include)

TARGET_ARM=(arm-linux-gnueabihf-gcc "${WARN[@]}" -ffreestanding -march=armv7ve+neon-vfpv4 -mgeneral-regs-only -D__NO_INLINE__
    -Isrc/arch/arm/a32 -Ibuild/arm/gen -isystem .cache/root/arm/usr/include)

alone() {
    local header=$1 bad=0
    shift
    echo "#include \"${header#src/}\"" | "$@" -x c - || bad=1
    return $bad
}

all_alone() {
    local pattern=$1 header bad=0
    shift
    for header in $(git ls-files -co --exclude-standard '*.h' | grep -E "$pattern"); do
        alone "$header" "$@" || bad=1
    done
    return $bad
}

check host all_alone '^(src/(lib|core|vdev)/|src/arch/arch.h|src/arch/[a-z]+/model/|abi/|tool/)' "${HOST[@]}" -D_GNU_SOURCE
if have aarch64-linux-gnu-gcc; then
    check arm64 all_alone '^(src/(lib|core|vdev|drivers|boot)/|src/arch/arch.h|src/arch/arm/(hw|a64)/|src/arch/arm/model/(a64|arm|lpae|psci|smccc)[^/]*$|abi/)' \
        "${TARGET[@]}"
else
    skip arm64 "there is no aarch64-linux-gnu-gcc"
fi
if have arm-linux-gnueabihf-gcc; then
    check arm all_alone '^(src/(lib|core|vdev|drivers|boot)/|src/arch/arch.h|src/arch/arm/(hw|a32)/|src/arch/arm/model/(a32|arm|lpae|psci|smccc)[^/]*$|abi/)' \
        "${TARGET_ARM[@]}"
else
    skip arm "there is no arm-linux-gnueabihf-gcc"
fi
RISCV=(riscv64-linux-gnu-gcc "${WARN[@]}" -ffreestanding -march=rv64gc -mabi=lp64d -Isrc/arch/riscv/hw -Ibuild/riscv64/gen
    -isystem .cache/root/riscv64/usr/include)
if have riscv64-linux-gnu-gcc; then
    check riscv64 all_alone '^(src/(lib|core|vdev|drivers|boot)/|src/arch/arch.h|src/arch/riscv/|abi/)' "${RISCV[@]}"
else
    skip riscv64 "there is no riscv64-linux-gnu-gcc"
fi
