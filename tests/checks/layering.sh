#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Who may include what: the table of docs/architecture.md, one row for each folder.
. tests/harness.bash

# folder (longest match wins) | what its files may include, as patterns of root-relative names
RULES='
src/lib/            lib/*
src/core/           lib/* core/* arch/arch.h arch_defs.h abi/*
src/vdev/           lib/* vdev/* core/mmio.h core/virq.h core/guest_mem.h core/timer.h core/lock.h core/trace.h abi/*
src/arch/           lib/* core/* arch_defs.h
src/arch/arm/model/ lib/* core/* arch/arm/model/*
src/arch/arm/       lib/* core/* arch/arch.h arch/boot.h arch_defs.h io.h sysreg.h arch/arm/* vdev/* offsets.h
src/arch/riscv/model/ lib/* core/* arch/riscv/model/*
src/arch/riscv/     lib/* core/* arch/arch.h arch/boot.h arch_defs.h arch/riscv/* vdev/* offsets.h
src/arch/host/      vdev/* lib/* core/* arch/arch.h arch_defs.h arch/host/* arch/*/model/*
src/drivers/        lib/* drivers/* core/irq.h core/lock.h arch/arch.h
src/boot/           *
abi/                abi/* lib/types.h
tool/               tool/* lib/* core/vm_config.h core/board.h core/image.h abi/*
'
# The C library is not there on the target; these headers are the compiler's own, libfdt's and zlib's.
SYSTEM='@(stdarg|stdbool|stddef|stdint|limits|libfdt|fdt|zlib).h'

allowed() {
    local file=$1 folder patterns best='' best_patterns='' pattern
    while read -r folder patterns; do
        [[ -n $folder && $file == "$folder"* && ${#folder} -gt ${#best} ]] || continue
        best=$folder best_patterns=$patterns
    done <<<"$RULES"
    [[ -n $best ]] || {
        echo '*'
        return
    }
    echo "$best_patterns"
}

includes() {
    local file line name patterns pattern good bad=0
    set -f
    for file in $(git ls-files -co --exclude-standard 'src/*.[chS]' 'abi/*.[ch]' 'tool/*.[ch]'); do
        patterns=$(allowed "$file")
        while read -r line name; do
            good=''
            for pattern in $patterns; do
                # shellcheck disable=SC2053
                [[ $name == $pattern ]] && good=1
            done
            [[ -n $good ]] || {
                echo "$file:$line: \"$name\" is not for this folder: it may include $patterns"
                bad=1
            }
        done < <(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"([^"]*)".*/\1/;T;=;p' "$file" | paste -d' ' - -)
    done
    return $bad
}

system_includes() {
    local file line name bad=0
    set -f
    for file in $(git ls-files -co --exclude-standard 'src/*.[chS]' | grep -v '^src/arch/host/'); do
        while read -r line name; do
            # shellcheck disable=SC2053
            [[ $name == $SYSTEM ]] || {
                echo "$file:$line: <$name> is not there on the target"
                bad=1
            }
        done < <(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*<([^>]*)>.*/\1/;T;=;p' "$file" | paste -d' ' - -)
    done
    return $bad
}

# Nobody includes boot, and no .c file is included.
boot_is_last() {
    ! grep -nE '#[[:space:]]*include[[:space:]]*"(boot/|[^"]*\.c")' -r src abi tool --include='*.[chS]' | grep -v '^src/boot/'
}

check includes includes
check system-includes system_includes
check boot-is-last boot_is_last
