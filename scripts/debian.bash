# SPDX-License-Identifier: Apache-2.0
# Debian's archive through apt, without touching the system's configuration: sourced by scripts/fetch and
# scripts/host-packages. The mirror and its key are those the system itself uses; each pair of suite and
# architecture has an apt directory of its own under $CACHE/apt, so that only the lists needed are fetched.
# shellcheck shell=bash

say() { echo "trapeze: $*" >&2; }
die() {
    say "error: $*"
    exit 1
}

# The codename of the system if it is a Debian release we know; else nothing.
debian_codename() {
    (
        ID='' VERSION_CODENAME=''
        # shellcheck disable=SC1091
        . /etc/os-release 2>/dev/null
        [[ $ID == debian && $VERSION_CODENAME == @(bookworm|trixie) ]] && echo "$VERSION_CODENAME"
    )
}

# All of the system's archive entries, one a line: suite TAB uri TAB component TAB signed-by.
# An inline key of a .sources file is written with its newlines as \001.
debian_entries() {
    local root=${TRAPEZE_APT_ETC:-/etc/apt} list sources
    for list in "$root"/sources.list "$root"/sources.list.d/*.list; do
        [[ -r $list ]] || continue
        awk '$1 == "deb" {
                signed = ""
                line = $0
                sub(/#.*/, "", line)
                sub(/^[ \t]*deb[ \t]+/, "", line)
                if (match(line, /^\[[^]]*\]/)) {
                    options = substr(line, 2, RLENGTH - 2)
                    line = substr(line, RLENGTH + 1)
                    n = split(options, option, /[ \t]+/)
                    for (i = 1; i <= n; i++)
                        if (option[i] ~ /^signed-by=/) signed = substr(option[i], 11)
                }
                n = split(line, field, /[ \t]+/)
                first = field[1] == "" ? 2 : 1
                for (i = first + 2; i <= n; i++)
                    if (field[i] != "") print field[first + 1] "\t" field[first] "\t" field[i] "\t" signed
            }' "$list"
    done
    for sources in "$root"/sources.list.d/*.sources; do
        [[ -r $sources ]] || continue
        awk 'function flush(    i, j, k, n, m, o, u, s, c) {
                n = split(value["uris"], u); m = split(value["suites"], s); o = split(value["components"], c)
                if (value["types"] ~ /(^| )deb( |$)/ && value["enabled"] != "no")
                    for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) for (k = 1; k <= o; k++)
                        print s[j] "\t" u[i] "\t" c[k] "\t" value["signed-by"]
                delete value
                key = ""
            }
            /^#/ { next }
            /^[ \t]*$/ { flush(); next }
            /^[ \t]/ { value[key] = value[key] (key == "signed-by" ? "\001" : "") $0; next }
            { key = tolower($1); sub(/:.*/, "", key); sub(/^[^:]*:[ \t]*/, ""); sub(/[ \t]+$/, ""); value[key] = $0 }
            END { flush() }' "$sources"
    done
}

# Set DEBIAN_URI and DEBIAN_SIGNED to the archive that the system takes its main packages from.
debian_mirror() {
    local codename suite uri component signed
    codename=$(debian_codename)
    while IFS=$'\t' read -r suite uri component signed; do
        [[ $component == main && $suite == @("$codename"|stable|oldstable) ]] || continue
        DEBIAN_URI=$uri DEBIAN_SIGNED=${signed//$'\001'/$'\n'}
        [[ $uri == */debian || $uri == */debian/* || $signed == *debian-archive-keyring* ]] && return 0
    done < <(debian_entries)
    [[ -n ${DEBIAN_URI:-} ]]
}

# apt_private COMMAND SUITE ARCH ARGUMENT...: run apt-get, apt-cache, ... on that suite and architecture alone.
apt_private() {
    local command=$1 suite=$2 arch=$3 dir
    shift 3
    dir=$(apt_dir "$suite" "$arch")
    "$command" -q -c "$dir/apt.conf" "$@"
}

apt_dir() { echo "$CACHE/apt/$1-$2"; }

# Make the apt directory of SUITE and ARCH; no network.
apt_prepare() {
    local suite=$1 arch=$2 dir
    dir=$(apt_dir "$suite" "$arch")
    debian_mirror || die "no Debian archive found in /etc/apt: add one (see sources.list(5)), or give the packages" \
        "by hand as README.md says"
    mkdir -p "$dir"/{sources.list.d,lists/partial,archives/partial}
    cat >"$dir/sources.list.d/archive.sources" <<-END
		Types: deb
		URIs: $DEBIAN_URI
		Suites: $suite
		Components: main
		Architectures: $arch
		Targets: Packages
		Languages: none
		${DEBIAN_SIGNED:+Signed-By: $DEBIAN_SIGNED}
	END
    sed -i '/^$/d' "$dir/sources.list.d/archive.sources"
    # Hooks and index targets of the system's tools have nothing to do here.
    cat >"$dir/apt.conf" <<-END
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		APT::Architecture "$arch";
		#clear APT::Architectures;
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "$(id -un)";
		Dir::Etc::SourceList "/dev/null";
		Dir::Etc::SourceParts "$dir/sources.list.d";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State::Lists "$dir/lists";
		Dir::State::status "/dev/null";
		Dir::Cache::archives "$dir/archives";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
	END
}

# Fetch the lists of SUITE and ARCH. Failure is the caller's to report.
apt_update() {
    say "reading the package lists of $1 for $2"
    apt_private apt-get "$1" "$2" update -qq >&2
}

# True if lists were ever fetched.
apt_has_lists() {
    compgen -G "$(apt_dir "$1" "$2")/lists/*_Packages*" >/dev/null
}

# apt_download SUITE ARCH PACKAGE DIR: bring PACKAGE's .deb to DIR and print its path. The lists are fetched
# again only when with the present ones the package cannot be had.
apt_download() {
    local suite=$1 arch=$2 package=$3 dir=$4 fresh='' deb
    apt_prepare "$suite" "$arch"
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    if ! apt_has_lists "$suite" "$arch"; then
        apt_update "$suite" "$arch" || die "the package lists of $suite for $arch cannot be fetched: is the network there?"
        fresh=1
    fi
    until say "downloading $package ($arch, $suite)" &&
        (cd "$dir" && apt_private apt-get "$suite" "$arch" download "$package" >/dev/null); do
        [[ -z $fresh ]] || die "package $package for $arch cannot be fetched from $suite"
        apt_update "$suite" "$arch" || die "the package lists of $suite for $arch cannot be fetched: is the network there?"
        fresh=1
    done
    deb=$(ls -t "$dir/${package}"_*.deb | head -n 1)
    echo "$deb"
}
