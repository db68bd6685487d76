# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# The permissions to click and take pictures.

# prepare_runner gives the helper its permissions on GitHub's machines. ask_first asks an owner for them.
prepare_runner() {
  on_runner || return 0
  csrutil status | grep -q disabled || unavailable "on this runner nothing may be allowed without a person: SIP is on"
  allow kTCCServiceAccessibility "$work/probe"
  allow kTCCServicePostEvent "$work/probe"
  allow kTCCServiceScreenCapture /usr/sbin/screencapture
  as_admin killall tccd || echo "tccd was not running"
  clear_screen
}

# tccd may be writing at the same time; sqlite3 waits for so many milliseconds.
readonly patient='.timeout 5000'

# allow SERVICE PROGRAM adds a row for a program's path; other columns have defaults, on macOS 15 and 26 (actions/runner-images).
allow() {
  as_admin sqlite3 -cmd "$patient" '/Library/Application Support/com.apple.TCC/TCC.db' \
    "INSERT OR REPLACE INTO access (service, client, client_type, auth_value, auth_reason, auth_version, csreq,
       indirect_object_identifier_type, indirect_object_identifier, flags) VALUES ('$1', '$2', 1, 2, 4, 1, NULL, 0, 'UNUSED', 0);"
}

# allow_events CLIENT lets a program send Apple events to our app. Permission for that is kept in the user's own database.
allow_events() {
  sqlite3 -cmd "$patient" "$HOME/Library/Application Support/com.apple.TCC/TCC.db" \
    "INSERT OR REPLACE INTO access (service, client, client_type, auth_value, auth_reason, auth_version, csreq,
       indirect_object_identifier_type, indirect_object_identifier, flags)
     VALUES ('kTCCServiceAppleEvents', '$1', 1, 2, 4, 1, NULL, 0, '$bundle_id', 0);"
}

# macOS holds this program responsible for a job's actions; see configure-tccdb-macos.sh of actions/runner-images.
readonly agent=/opt/hca/hosted-compute-agent

# clear_screen prevents windows that cover the menu bar on fresh runners: the question whether pictures may be taken, the Setup Assistant,
# reports of crashes, and the wallpaper that slides everything aside when it is clicked.
clear_screen() {
  local approvals="$HOME/Library/Group Containers/group.com.apple.replayd/ScreenCaptureApprovals.plist" program
  mkdir -p "${approvals%/*}"
  for program in "$agent" /bin/bash; do
    defaults write "$approvals" "$program" -date '3024-01-01 00:00:00 +0000'
  done
  defaults write com.apple.CrashReporter DialogType none
  defaults write com.apple.WindowManager EnableStandardClickToShowDesktop -bool false
  killall cfprefsd WindowManager || echo "not both of them ran"
  killall -KILL replayd || echo "replayd did not run" # it ignores every other signal
  as_admin killall 'Setup Assistant' || echo "no Setup Assistant"
}

# An owner has this long, in seconds, to find the switch.
readonly time_for_owner=180

# ask_first asks an owner for the permissions to click and take pictures, and for sudo's password, before the first step.
ask_first() {
  ! on_runner || return 0
  say "leave mouse and keyboard alone until it is done, about half an hour; Ctrl-C ends it and puts back what it changed"
  keep_admin
  CGO_ENABLED=1 go build -o "$work/probe" ./packaging/macos/probe && ! "$work/probe" trusted || return 0
  say "allow this terminal in System Settings > Privacy & Security > Accessibility, and for the pictures in Screen & System Audio Recording;" \
    "continuing without it after $time_for_owner s"
  within "$time_for_owner" "$work/probe" trusted || say "this terminal may not click"
}
