# SPDX-License-Identifier: Apache-2.0
# How a test script tells its results; sourced by tests/checks/*.sh, tests/tool/*.sh and tests/system/*.sh,
# which ./test runs from the root of the tree. Each result is one line, which ./test counts:
#   ok NAME        FAIL NAME        skip NAME: why
# shellcheck shell=bash
set -uo pipefail
shopt -s extglob nullglob globstar

SUITE=${SUITE:-$(basename "$(dirname "$0")")/$(basename "$0" .sh)}
LOGS=build/test/$SUITE
mkdir -p "$LOGS"

ok() { echo "ok $SUITE${1:+/$1}"; }
skip() { echo "skip $SUITE${1:+/$1}: $2"; }
# fail NAME [DETAIL-FILE]: the detail is shown below, indented, its first 40 lines.
fail() {
    echo "FAIL $SUITE${1:+/$1}"
    [[ -z ${2:-} ]] || head -n 40 "$2" | sed 's/^/    /'
}
# check NAME COMMAND...: the test is the command; what it prints is shown if it fails.
check() {
    local name=$1 log
    shift
    log=$LOGS/${name:-all}.log
    if "$@" >"$log" 2>&1; then
        ok "$name"
    else
        fail "$name" "$log"
    fi
}
have() { command -v "$1" >/dev/null; }
