# shellcheck shell=bash
# Most scripts here source this file; they run in the module's root. It must also work in bash 3.2, which macOS has.

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# sha256 FILE... prints sums that `sha256sum -c` reads; on macOS the program has another name.
sha256() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# need PROGRAM=PACKAGE... installs the packages of missing programs, where apt-get can do so without a question.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || die "missing: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# tool NAME prints the path of a third-party program, built for this machine. Its version is pinned: another version may make other bytes.
# GOCACHE is ignored: the proof of reproducibility sets an empty cache for Lockbar, in which this program need not be built again.
tool() {
  local module dir
  case $1 in
    nfpm) module=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2 ;;
    go-winres) module=github.com/tc-hib/go-winres@v0.3.3 ;;
  esac
  dir=${XDG_CACHE_HOME:-$HOME/.cache}/lockbar-packaging/${module##*@}
  [ -x "$dir/$1" ] || env -u GOOS -u GOARCH -u GOCACHE GOFLAGS='' GOBIN="$dir" go install "$module" >&2
  printf '%s\n' "$dir/$1"
}

# disk_image ARGS... runs hdiutil create. It retries, because hdiutil sometimes fails with "Resource busy" and then succeeds
# (actions/runner-images#7522).
disk_image() {
  local try
  for try in 1 2 3 4 5; do
    hdiutil create "$@" && return
    say "no disk image at try $try"
    sleep 2
  done
  return 1
}

# build_pack OUT builds our own helper, for this machine.
build_pack() { env -u GOOS -u GOARCH CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$1" ./packaging/pack; }

# knows VERSION reports whether the changelog has a section of that version, "## VERSION (unreleased)".
knows() { awk -v version="$1" '$1 == "##" && $2 == version { found = 1 } END { exit !found }' packaging/CHANGELOG.md; }

# section VERSION prints the version's section of the changelog; for a pre-release without one, that of its version; for a test build the
# newest one.
section() {
  local title=$1
  knows "$title" || title=${title%%-*}
  knows "$title" || title=$(awk '$1 == "##" { print $2; exit }' packaging/CHANGELOG.md)
  awk -v version="$title" '$1 == "##" { inside = $2 == version; next } inside && (NF || printed) { print; printed = 1 }' packaging/CHANGELOG.md
}

# libraries lists the modules that are linked on any of the systems: name, version, tab, directory.
libraries() {
  local format='{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{"\t"}}{{.Dir}}{{end}}{{end}}' system
  for system in linux darwin windows; do
    GOOS=$system CGO_ENABLED=0 go list -deps -f "$format" .
  done | LC_ALL=C sort -u
  printf 'The Go standard library\t%s\n' "$(go env GOROOT)"
}

# notices prints the licences of all libraries, which must be shipped with a binary. It fails if a library has none: then a person must
# look.
notices() (
  shopt -s nullglob
  rule=$(printf '%080d' 0 | tr 0 =)
  echo "Lockbar contains the following libraries, under the licences given."
  libraries | while IFS=$'\t' read -r module place; do
    files=("$place"/LICEN[CS]E* "$place"/COPYING* "$place"/NOTICE*)
    [ ${#files[@]} -gt 0 ] || die "$module has no licence file"
    for file in "${files[@]}"; do
      printf '\n%s\n%s\n\n%s\n' "$rule" "$module" "$(cat "$file")"
    done
  done
)

# build_lockbar VERSION OUT [FLAG...] builds the program; GOOS, GOARCH, CGO_ENABLED and LOCKBAR_COMMIT come from the caller.
# The binary has nothing of this machine: no paths, no state of a checkout, no CPU features beyond the baseline. Two Go versions may make
# different bytes; the SBOM names the version that was used. Inlining stays on only in those packages of the standard library that run in
# every loop; elsewhere it would add 370 KB and save no time that a user notices.
build_lockbar() {
  local stamp="-X lockbar/internal/cli.version=v$1 -X lockbar/internal/cli.commit=$LOCKBAR_COMMIT" target=$2
  shift 2
  local inlined=() package
  for package in runtime internal/... sync/... syscall bytes strings unicode/... strconv; do inlined+=(-gcflags "$package="); done
  GOFLAGS='' GOAMD64=v1 GOARM64=v8.0 go build -trimpath -buildvcs=false -gcflags all=-l "${inlined[@]}" -ldflags "-s -w $stamp $*" -o "$target" .
}
