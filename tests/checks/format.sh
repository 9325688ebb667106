#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# .clang-format, SPDX lines, length of files, and what does not belong into a public tree.
. tests/harness.bash

sources() { git ls-files -co --exclude-standard '*.c' '*.h'; }

licence() {
    local file bad=0
    for file in $(git ls-files -co --exclude-standard '*.c' '*.h' '*.S' '*.ld' '*.lds' '*.dts' '*.sh' '*.bash' '*.mk' \
        Makefile run test .ci/run 'scripts/*'); do
        [[ -f $file ]] || continue
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || {
            echo "$file: no SPDX line among the first three"
            bad=1
        }
    done
    return $bad
}

lengths() {
    local file lines bad=0
    for file in $(sources | grep -E '^(src|tool|abi)/'); do
        lines=$(wc -l <"$file")
        [[ $lines -le 600 ]] || {
            echo "$file: $lines lines: two questions share a room (600 at most)"
            bad=1
        }
    done
    return $bad
}

leftovers() { ! git grep -nE '\b(TODO|FIXME|XXX)\b' -- ':!tests/checks/format.sh' ':!docs' ; }

# Each version formats a little differently; the tree is as this one has it.
VERSION=14
if have clang-format-$VERSION; then
    # shellcheck disable=SC2046
    check clang-format clang-format-$VERSION --dry-run -Werror $(sources)
else
    skip clang-format "there is no clang-format-$VERSION"
fi
check spdx licence
check lengths lengths
check leftovers leftovers
