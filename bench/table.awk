# SPDX-License-Identifier: Apache-2.0
# Files in this order: ours and native ("name value"), peers.tsv, rows.tsv. Variables: arch, how (table or tsv).
FNR == 1 { file++ }
file == 1 { ours[$1] = $2; next }
file == 2 { native[$1] = $2; next }
/^#/ || NF == 0 { next }
file == 3 {
    split($0, f, "\t")
    if (f[1] == arch) peers[f[2]] = peers[f[2]] (peers[f[2]] == "" ? "" : ", ") f[3] " " number(f[4])
    next
}
{
    split($0, f, "\t")
    name = f[2]
    if (f[1] != arch || !(name in ours)) next
    if (how == "tsv") {
        print name "\t" ours[name] "\t" f[3]
        next
    }
    if (!titled++)
        printf "%-44s %10s %10s %10s  %s\n", "instructions, unless it says KiB", "ours", "goal", "native", "peers"
    # "native+N%": that much more than natively is the goal.
    if (f[4] ~ /^native\+/) {
        percent = f[4]
        gsub(/[^0-9.]/, "", percent)
        limit = native[name] * (1 + percent / 100)
    } else
        limit = f[4]
    missed = limit != "-" && ours[name] > limit + 0
    printf "%-44s %10s %10s %10s %s%s\n", f[5], number(ours[name]), limit == "-" ? "-" : number(limit),
        name in native ? number(native[name]) : "-", missed ? "!" : " ", peers[name]
    if (limit != "-") { if (missed) over++; else met++ }
}
END { if (how == "table") printf "%d goals met, %d missed (marked !)\n", met, over }

# Large ones in millions, which is how peers' figures are.
function number(n) {
    if (n >= 1000000) return sprintf("%.2f M", n / 1000000)
    if (n >= 1000 || n == int(n)) return sprintf("%d", n + 0.5)
    return sprintf("%.1f", n)
}
