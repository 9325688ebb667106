#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every header stands alone: compiled by itself, for the host where it is pure and for the target.
. tests/harness.bash

WARN=(-std=gnu11 -Wall -Wextra -Wundef -Wno-unused-parameter -Werror -fsyntax-only -Isrc -I.)
HOST=(gcc "${WARN[@]}" -Isrc/arch/host)
TARGET=(aarch64-linux-gnu-gcc "${WARN[@]}" -ffreestanding -mgeneral-regs-only -Isrc/arch/arm/a64 -Ibuild/arm64/gen
    -isystem .cache/root/arm64/usr/include)

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
    check arm64 all_alone '^(src/(lib|core|vdev|drivers|boot)/|src/arch/arch.h|src/arch/arm/(model|hw|a64)/|abi/)' "${TARGET[@]}"
else
    skip arm64 "there is no aarch64-linux-gnu-gcc"
fi
RISCV=(riscv64-linux-gnu-gcc "${WARN[@]}" -ffreestanding -march=rv64gc -mabi=lp64d -Isrc/arch/riscv/hw -Ibuild/riscv64/gen
    -isystem .cache/root/riscv64/usr/include)
if have riscv64-linux-gnu-gcc; then
    check riscv64 all_alone '^(src/(lib|core|vdev|drivers|boot)/|src/arch/arch.h|src/arch/riscv/|abi/)' "${RISCV[@]}"
else
    skip riscv64 "there is no riscv64-linux-gnu-gcc"
fi
