# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# Steps 1 and 2: our own tests.

step_tests() {
  go version
  go vet ./...
  go test ./...
  go test -race -vet=off ./...
}

# A disk is big enough for FAT32 (at least 34 MB) and for the tests.
readonly disk_size=100m

# step_disks runs the tests of the lock with TMPDIR on a disk of each kind. The tests themselves find out what it lacks (links, modes).
step_disks() {
  local kind failed='' place=$work/disks/at
  mkdir -p "$place"
  undo detached "$place"
  for kind in 'Case-sensitive APFS' 'HFS+' 'ExFAT' 'MS-DOS FAT32'; do
    test_on "$kind" || failed="$failed, $kind"
  done
  [ -z "$failed" ] || fail "failed on ${failed#, }"
}

# test_on KIND runs the tests of the lock on a new disk of that kind.
test_on() {
  local image=$work/disks/$1.dmg status=0
  echo "== $1"
  disk_image -size "$disk_size" -fs "$1" -volname lockbar -ov "$image" || return
  hdiutil attach -nobrowse -owners "$(owners_of "$1")" -mountpoint "$place" "$image" || return
  # The test's program itself is on the Mac's own disk; -v prints what each file system lacks.
  LOCKBAR_TEST_FS=$1 TMPDIR=$place GOTMPDIR=$work go test -count=1 -v ./lockcore || status=$?
  within 10 detached "$place" && return "$status"
}

detached() { ! hdiutil info | grep -qF "$1" || hdiutil detach -force "$1"; }

# owners_of KIND prints hdiutil's option: macOS ignores owners on images by default, and FAT has none.
owners_of() { case $1 in *FAT*) echo off ;; *) echo on ;; esac; }
