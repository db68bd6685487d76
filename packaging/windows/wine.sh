# shellcheck shell=bash disable=SC2034 # its users need $overlay
# This file, sourced in the directory of the project, gives a script a Windows of its own, by wine, until the script ends. It sets $work, a
# temporary directory, $WINEPREFIX, and $overlay: with -overlay "$overlay" Go makes programs for this Windows. Without
# wine or mingw's gcc it says so and ends the script; in CI that is a failure.
readonly COMPILER=x86_64-w64-mingw32-gcc
for program in wine wineserver "$COMPILER"; do
  command -v "$program" >/dev/null && continue
  echo "no $program here: nothing is run under wine"
  [ "${CI-}" != true ] || exit 1
  exit 0
done

work=$(mktemp -d)
export WINEPREFIX=$work/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml=' # these would offer a download
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
  wineserver -k || true
  wineserver -w || true
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
boot() { wineboot --init >"$work/boot" 2>&1 </dev/null; }
boot || { rm -rf "$WINEPREFIX"; boot; } || { cat "$work/boot"; exit 1; } # on a busy computer wineboot once did not find kernel32.dll
readonly system=$WINEPREFIX/drive_c/windows/system32
[ -e "$system/bcryptprimitives.dll" ] ||
  "$COMPILER" -shared -o "$system/bcryptprimitives.dll" packaging/windows/processprng.c -ladvapi32

# On Windows each drive has a share for administrators.
mkdir -p "$WINEPREFIX/dosdevices/unc/localhost"
ln -s "$WINEPREFIX/drive_c" "$WINEPREFIX/dosdevices/unc/localhost/c\$"

# On GitHub's Windows the path of the temporary directory has the short name of a user.
mkdir "$WINEPREFIX/drive_c/RUNNER~1"
for name in TMP TEMP; do wine reg add 'HKCU\Environment' /v "$name" /d 'C:\RUNNER~1' /f >"$work/reg" 2>&1 </dev/null; done

# Wine 8 does not know FileDispositionInformationEx and answers "not implemented", where an old Windows answers "invalid class". So Go does
# not fall back, and os.RemoveAll fails with "Invalid function" in every directory, those of t.TempDir too. The overlay makes it fall back.
source=$(go env GOROOT)/src/internal/syscall/windows/at_windows.go
sed 's/^\tcase STATUS_INVALID_INFO_CLASS,/\tcase NTStatus(0xC0000002), STATUS_INVALID_INFO_CLASS,/' "$source" >"$work/at_windows.go"
! cmp -s "$source" "$work/at_windows.go" || { echo "Go's Deleteat has changed: see the comment in packaging/windows/wine.sh"; exit 1; }
printf '{"Replace":{"%s":"%s"}}\n' "$source" "$work/at_windows.go" >"$work/overlay.json"
readonly overlay=$work/overlay.json
export GOOS=windows GOARCH=amd64 CGO_ENABLED=0
