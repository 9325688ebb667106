#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Pure folders stay pure: no assembly, no condition on the architecture, no heap.
. tests/harness.bash

PURE=$(git ls-files -co --exclude-standard 'src/lib/*.[ch]' 'src/core/*.[ch]' 'src/vdev/*.[ch]' 'src/arch/*/model/*.[ch]')

# none PATTERN: no line of code (comments aside) matches.
none() {
    local file bad=0
    for file in $PURE; do
        # Comments give way to blanks of as many lines, so that the numbers hold.
        if perl -0pe 's{/\*.*?\*/|//[^\n]*}{ (my $c = $&) =~ tr/\n//cd; $c }gse' "$file" | grep -nE "$1" | sed "s|^|$file:|" | grep .; then
            bad=1
        fi
    done
    return $bad
}

check no-assembly none '\b(asm|__asm|__asm__)\b'
check no-architecture none '^[[:space:]]*#[[:space:]]*(el)?if.*(__aarch64__|__arm__|__riscv|__ARM_|__x86_64__|__LP64__|ARCH_IS_)'
check no-heap none '\b(malloc|calloc|realloc|alloca)[[:space:]]*\('
