# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# Steps 10, 11, 13 and 14: the app among the system's services.

# This service draws the notifications. GitHub's images switch it off.
readonly drawn_by=/System/Library/LaunchAgents/com.apple.notificationcenterui.plist

step_message() {
  local since log=$out/logs/10-usernoted.log
  new_store message
  started "$store"
  wants_hands
  ! on_runner || launchctl load -w "$drawn_by" || echo "the images may have changed"
  since=$(date '+%Y-%m-%d %H:%M:%S')
  press Notifications 'Send a Test Notification' || fail "no click on Send a Test Notification arrived"
  within 20 usernoted_says "$since" "$log" || true
  shot message
  if grep 'scheduled for delivery' "$log" | grep -q -e "$bundle_id" -e com.apple.ScriptEditor; then
    note "usernoted took it, and message.png shows whether it was drawn"
  elif grep -q 'scheduled for delivery' "$log"; then
    unavailable "usernoted took a message and does not say whose: look at message.png"
  elif signed_ad_hoc; then
    unavailable "usernoted took none: an ad-hoc signature goes through Script Editor, which must be allowed first"
  else
    fail "usernoted took no message"
  fi
}

# usernoted_says SINCE LOG saves what usernoted has logged, and reports whether it accepted a message.
usernoted_says() {
  limited 30 log show --start "$1" --style compact --info --predicate 'process == "usernoted" || process == "NotificationCenter"' >"$2"
  grep -q 'scheduled for delivery' "$2"
}

step_login() {
  local commands=$work/bin plist=$HOME/Library/LaunchAgents/$bundle_id.login.plist
  wants_really "it adds a login item"
  wants_app
  # Our own app is in a temporary directory, and Lockbar refuses to start from there at login.
  readonly installed=$HOME/lockbar-round-$$
  undo rm -r "$installed"
  mkdir "$installed"
  ditto "$work/app/Lockbar.app" "$installed/Lockbar.app"
  # Like Homebrew and INSTALL.md: a link in PATH that leads into the app.
  mkdir -p "$commands"
  ln -sf "$installed/Lockbar.app/Contents/MacOS/lockbar" "$commands/lockbar"
  "$commands/lockbar" login status | grep -q disabled || unavailable "Lockbar starts at login already"
  undo "$commands/lockbar" login disable
  "$commands/lockbar" login enable
  "$commands/lockbar" login status --json | grep -q '"enabled":true' || fail "not enabled"
  if [ -e "$plist" ]; then starts_by_launchd "$plist"; else note "a login item of SMAppService"; fi
  in_background_items
  "$commands/lockbar" login disable
  "$commands/lockbar" login status --json | grep -q '"enabled":false' || fail "still enabled"
  [ ! -e "$plist" ] || fail "$plist is left"
}

# starts_by_launchd PLIST makes launchd do now what it would do at login.
starts_by_launchd() {
  local domain
  domain=gui/$(id -u)
  note "a LaunchAgent"
  plutil -lint "$1"
  grep -q "$installed/Lockbar.app/Contents/MacOS/lockbar" "$1" || fail "it does not name the program inside the app: $(cat "$1")"
  undo bootout "$domain/$bundle_id.login"
  launchctl bootstrap "$domain" "$1"
  within 10 runs_in_launchd "$domain/$bundle_id.login" || fail "launchd does not keep it running: $(launchctl print "$domain/$bundle_id.login" 2>&1 | grep -m 3 -e state -e exit)"
}

runs_in_launchd() { launchctl print "$1" | grep -q 'state = running'; }

bootout() { ! launchctl print "$1" >/dev/null || launchctl bootout "$1"; }

# in_background_items reads the list that System Settings shows. Without sudo sfltool would ask.
in_background_items() {
  if ! as_admin true; then
    note "sfltool needs sudo"
    return
  fi
  within 30 dumped || fail "sfltool dumpbtm does not know it"
}

dumped() { limited 20 sudo -n sfltool dumpbtm >"$out/logs/11-dumpbtm.log" && grep -q "$bundle_id" "$out/logs/11-dumpbtm.log"; }

# The place of iCloud Drive, if anybody is logged in to it.
readonly icloud="$HOME/Library/Mobile Documents/com~apple~CloudDocs"

# How long step 13 leaves an evicted file alone, in seconds.
readonly untouched=${LOCKBAR_ROUND_UNTOUCHED:-60}

step_icloud() {
  [ -d "$icloud" ] || unavailable "no iCloud Drive here"
  wants_really "it makes a folder in iCloud Drive"
  wants_app
  store=$icloud/lockbar-round-$$
  undo rm -r "$store"
  mkdir "$store"
  mv "$(a_lock other-mac 4242)" "$store/.locked"
  evict "$store/.locked"
  started "$store"
  becomes_not_downloaded
  sleep "$untouched"
  is_dataless "$store/.locked" || fail "looking has downloaded the lock"
  end_app "$state"
  evict "$store"
  lockbar status
  is_dataless "$store" || fail "looking has downloaded the folder"
}

becomes_not_downloaded() { within 10 grep -q ', now unknown not-downloaded' "$app_log" || fail "an evicted lock is not called not-downloaded"; }

# evict FILE retries until iCloud has the file, because brctl refuses before that.
evict() { within 60 evicted "$1" || unavailable "iCloud does not evict $1"; }
evicted() { limited 10 brctl evict "$1" && within 5 is_dataless "$1"; }
is_dataless() { stat -f %Sf "$1" | grep -q dataless; }

step_ends() {
  new_store ends
  ! pgrep -f '/Lockbar\.app/Contents/MacOS/lockbar' || unavailable "another Lockbar runs, which quit would end, too"
  started "$store"
  becomes_locked held-elsewhere other-mac 4242
  kill -TERM "$app"
  within 2 app_gone || fail "it still runs 2 s after SIGTERM"
  history_has other-mac
  rm "$store/.locked"
  started "$store"
  becomes_locked held-elsewhere third-mac 4243
  quit_by_event
  within 2 app_gone || fail "it still runs 2 s after quit"
  history_has third-mac
}

history_has() {
  lockbar history --json >"$work/history"
  grep -q "$1" "$work/history" || fail "the history lacks the last change: $(tail -n 1 "$work/history")"
}

# quit_by_event quits the app as a logout and a script do. On a runner nobody answers macOS' question whether we may.
quit_by_event() {
  local client said
  if on_runner; then
    for client in "$agent" /bin/bash /usr/bin/osascript; do allow_events "$client"; done
  fi
  said=$(limited 20 osascript -e "quit app id \"$bundle_id\"" 2>&1) && return
  case $said in *-1743*) unavailable "this terminal may not send Lockbar events" ;; esac
  fail "quit app: ${said:-no answer; did macOS ask whether this terminal may control Lockbar?}"
}
