//go:build linux

package main

// standIns replaces Apple's programs, Homebrew, the compiler, git, and what Lockbar runs on Linux (systemctl, xclip). Each records its call
// in $FAKE/calls, and does as much as the round needs. $FAKE/changed lists what must be undone: a change adds a line, and undoing it
// removes the line.
var standIns = map[string]string{
	"brew": `case $1 in
--prefix) echo "$FAKE/brew" ;;
--repository) echo "$FAKE/tap" ;;
tap-new) changed tap; mkdir -p "$FAKE/tap/Formula" ;;
untap) undone tap ;;
install) changed formula; test -s "$FAKE/tap/Formula/lockbar.rb"; mkdir -p "$FAKE/brew/bin"; cp "$REAL_LOCKBAR" "$FAKE/brew/bin/lockbar" ;;
uninstall) undone formula ;;
esac`,
	"brctl":    `for last; do :; done; touch "$last.evicted"`,
	"codesign": `if [ "$1" = -dv ]; then echo Signature=adhoc >&2; fi`,
	"csrutil":  `echo 'System Integrity Protection status: disabled.'`,
	"date": `set_to= shift=
for a; do
  case $a in -v*S) shift=${a#-v}; shift=${shift%S}; continue ;; [0-9]*.[0-9][0-9]) set_to=$a ;; esac
  set -- "$@" "$a"
done
while [ $# -gt 0 ]; do case $1 in -v*S) shift; continue ;; esac; break; done
if [ -n "$set_to" ]; then if grep -qx clock "$FAKE/changed"; then undone clock; else changed clock; fi; exit; fi
for last; do :; done
exec /bin/date -u ${shift:+-d "$shift seconds"} "$last"`,
	"defaults": `case "$1 $3" in
"write NSAppSleepDisabled") changed "defaults" ;;
"delete NSAppSleepDisabled") undone "defaults" ;;
"read NSAppSleepDisabled") exit 1 ;;
esac`,
	"ditto": `case $1 in
-c) tar -cf "$5" -C "$(dirname "$4")" "$(basename "$4")" ;;
-x) mkdir -p "$4"; tar -xf "$3" -C "$4" ;;
*) cp -R "$1" "$2" ;;
esac`,
	"fs_usage": `until grep -q ', now ' "$FAKE"/tmp/*/state*.log; do sleep 0.1; done; echo "open $HOME/.iai-mcp"`,
	"git": `case "$1 $2" in
log*) echo 1700000000 ;;
archive*) tar -c packaging/macos/lockbar.rb.in ;;
*) echo 0123abc ;;
esac`,
	"go": `case $1 in
version) echo go version go1.26.8 darwin/arm64; exit ;;
vet|test) exit ;;
list) printf 'example.org/library v1\t%s\n' "$FAKE"; exit ;; # its licence is there; to list the real ones takes seconds
env) echo "$FAKE"; exit ;;
esac
for package; do :; done
while [ "$1" != -o ]; do shift; done
mkdir -p "$(dirname "$2")"
case $package in
*/pack) cp "$REAL_PACK" "$2" ;;
*/probe) cp "$HELPER" "$2" ;;
*) cp "$REAL_LOCKBAR" "$2" ;;
esac`,
	"hdiutil": `for last; do :; done
case $1 in
create) touch "$last" ;;
attach) changed disk; for last; do if [ "$before" = -mountpoint ]; then echo "$last" >"$FAKE/mounted"; fi; before=$last; done ;;
info) cat "$FAKE/mounted" 2>/dev/null || : ;;
detach) grep -qx disk "$FAKE/changed"; undone disk; rm "$FAKE/mounted" ;;
esac`,
	"killall": ``,
	// A job of launchd is a unit as well, since the Linux program asks systemctl.
	"launchctl": `unit=$XDG_CONFIG_HOME/systemd/user/agent.service
runs() { grep -qs iai_mcp "/proc/$(cat "$FAKE/agent.pid" 2>/dev/null)/cmdline"; }
ends() { if runs; then kill "$(cat "$FAKE/agent.pid")"; while runs; do sleep 0.05; done; fi; }
case "$1 $2" in
"print "gui/*/*)
  if [ ! -e "$FAKE/agent" ]; then echo "Could not find service" >&2; exit 113; fi
  if runs; then printf 'agent = {\n\tstate = running\n\tpid = %s\n}\n' "$(cat "$FAKE/agent.pid")"; else printf 'agent = {\n\tstate = not running\n}\n'; fi ;;
bootstrap*)
  changed agent
  cp "$3" "$FAKE/agent"
  mkdir -p "${unit%/*}"
  store=$(sed -n 's/.*IAI_MCP_STORE<.key><string>\(.*\)<.string>.*/\1/p' "$3")
  printf '[Service]\nEnvironment="IAI_MCP_STORE=%s"\nExecStart=python3 -m iai_mcp.daemon\n' "$store" >"${unit%/*}/$(basename "$3" .plist).service"
  "$0" kickstart ;;
bootout*) ends; rm "$FAKE/agent" "${unit%/*}"/*.service; undone agent ;;
kill*)
  ends
  if [ -e "$FAKE/respawns" ]; then { sleep 2; "$0" kickstart; } >/dev/null 2>&1 </dev/null 9>&- & fi ;;
kickstart*)
  set --
  inside=
  while IFS= read -r line; do
    case $line in
    *'<array>') inside=yes ;;
    '</array>') inside= ;;
    *) if [ -n "$inside" ]; then line=${line#<string>}; set -- "$@" "${line%</string>}"; fi ;;
    esac
  done <"$FAKE/agent"
  IAI_MCP_STORE=$(sed -n 's/^Environment="IAI_MCP_STORE=\(.*\)"/\1/p' "${unit%/*}"/*.service) "$@" >/dev/null 2>&1 </dev/null 9>&- &
  echo "$!" >"$FAKE/agent.pid" ;;
esac`,
	"lipo": `case $1 in
-archs) echo x86_64 arm64 ;;
-create) cp "$4" "$3" ;;
esac`,
	"log":        `echo "tccd com.apple.TCC AUTHREQ_RESULT"; echo "usernoted: com.apple.ScriptEditor2 successfully processed by pipeline, scheduled for delivery"`,
	"lsappinfo":  `echo '"ApplicationType"="UIElement"'`,
	"lsregister": ``,
	"open": `to= app=
while [ $# -gt 0 ]; do
  case $1 in
  -a) exit ;;
  --stderr) to=$2; shift ;;
  --env) export "$2"; shift ;;
  --args) shift; break ;;
  *.app) app=$1 ;;
  esac
  shift
done
case $app in */refused/*) echo "the app cannot be opened" >&2; exit 1 ;; esac
"$app/Contents/MacOS/lockbar" "$@" 2>>"$to" >/dev/null </dev/null 9>&- &`,
	"osascript": `case $2 in
*get*) cat "$FAKE/dark" ;;
*true) echo true >"$FAKE/dark"; changed dark ;;
*false) echo false >"$FAKE/dark"; undone dark ;;
*quit*) pkill -f "Contents/MacOS/lockbar .*$FAKE/" ;;
esac`,
	"pbcopy":        `cat >"$FAKE/clipboard"`,
	"pbpaste":       `cat "$FAKE/clipboard"`,
	"pgrep":         `case "$2" in /Lockbar*) exit 1 ;; esac; exec /usr/bin/pgrep "$@"`, // other rounds run, too
	"plutil":        `test -f "$2"`,
	"pmset":         `echo "$*" >>"$FAKE/pmset"`,
	"screencapture": `for last; do :; done; exec "$HELPER" shot "$last"`,
	"sfltool":       `echo io.github.lockbar.Lockbar`,
	"spctl": `case $1 in
--status) echo assessments enabled ;;
--assess) echo "$4: rejected" >&2; exit 3 ;;
esac`,
	"sqlite3":     ``,
	"stat":        `if [ -e "$3.evicted" ]; then echo dataless; else echo -; fi`,
	"sudo":        `[ "$1" != -n ] || shift; exec "$@"`,
	"sw_vers":     `echo 15.7.7`,
	"sysctl":      `wc -l <"$FAKE/pmset"`,
	"systemsetup": `case $1 in -get*) echo Network Time: On ;; *on) undone ntp ;; *off) changed ntp ;; esac`,
	"systemctl": `case $2 in
show) pid=$(launchctl print gui/0/agent | sed -n 's/^.pid = //p'); echo "MainPID=${pid:-0}"; if [ -n "$pid" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi ;;
stop) launchctl kill SIGTERM gui/0/agent ;;
start) launchctl kickstart gui/0/agent ;;
esac`,
	"tccutil": ``,
	"uname":   `if [ "$1" = -m ]; then echo arm64; else echo Darwin; fi`,
	"uuidgen": `echo 01234567-89AB-CDEF-0123-456789ABCDEF`,
	"xattr":   ``,
	"xclip":   `cat >"$FAKE/clipboard"`,
	"xcrun":   ``,
}

// preamble begins each stand-in.
const preamble = `#!/bin/sh
set -e
name=${0##*/}
echo "$name $*" >>"$FAKE/calls"
changed() { echo "$1" >>"$FAKE/changed"; }
undone() { sed -i "/^$1\$/d" "$FAKE/changed"; }
for file in "$FAKE/faults/$name" "$FAKE/faults/$name $*"; do
  [ -e "$file" ] || continue
  case $(cat "$file") in
  fails) echo "$name: no" >&2; exit 1 ;;
  hangs) trap '' TERM; sleep 1000 ;; # only KILL ends it
  esac
done
`
