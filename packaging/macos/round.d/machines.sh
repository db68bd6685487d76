# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# Steps 16 and 17: the file of another computer, and the daemon's own service.

# The other computer's id, and its file in .lockbar, whose name has the beginning of the id.
readonly peer_id=00112233445566aa peer_file=mac-mini-00112233.json

step_peers() {
  local started_at token
  new_store peers
  started "$store"
  started_at=$(now)
  becomes_locked held-elsewhere mac-mini 4242 "$started_at"
  within 5 own_says '"watching":true' || fail "the app has told the other computer nothing in 5 s"
  is_known_by_uuid
  token=$(lockbar status --json | sed -n 's/.*"token":"\([^"]*\)".*/\1/p')
  # The first file changes no state, so the app logs nothing, and lockbar hosts is asked. Each later file changes the state.
  mv "$(a_report 1 "$started_at")" "$store/.lockbar/$peer_file"
  within 5 hosts_say 'mac-mini (00112233): its daemon (PID 4242) runs' || fail "lockbar hosts says: $(lockbar hosts)"
  becomes_by_report 'stale witness-gone' 2 '' "$token"
  becomes_by_report held-elsewhere 3 "$started_at"
  becomes_by_report 'stale witness-gone' 4 '' "$token"
  hosts_say 'no daemon is known to run there' || fail "lockbar hosts says: $(lockbar hosts)"
  is_silenced
}

# is_known_by_uuid checks that the id is not made of the host name, as it is if gethostuuid(2) gives none.
is_known_by_uuid() {
  printf 'lockbar%s' "$(hostname)" >"$work/by-name"
  ! own_says "\"machine\":\"$(sha256 "$work/by-name" | cut -c 1-16)\"" || fail "this Mac is known by its host name: gethostuuid(2) gave no id"
}

# is_silenced restarts the app with Tell Other Computers off, and checks that only the app's own file goes.
is_silenced() {
  end_app "$state"
  own_says '"watching":false' || fail "the app did not tell that it ended"
  config=$work/silent.json
  echo '{"talk": false}' >"$config"
  started "$store"
  within 5 own_gone || fail "Tell Other Computers is off, but the app's file is still there"
  [ -e "$store/.lockbar/$peer_file" ] || fail "the other computer's file has gone, too"
}

# a_report NUMBER STARTED [TOKEN] writes a file of the other computer, which is to be moved into place as a sync program does, and prints
# its path. NUMBER, one digit, is the second of its time: Lockbar ignores a file that is not newer than the last one. The file reports that
# the daemon there took its lock at STARTED (empty: none runs), and that the holder of TOKEN's lock is gone.
a_report() {
  local file=$store/.lockbar/.syncthing.$peer_file.tmp daemon=null gone=''
  [ -z "$2" ] || daemon="{\"pid\":4242,\"started_at\":\"$2\"}"
  [ -z "${3:-}" ] || gone="\"$3\""
  printf '{"schema":1,"machine":"%s","host":"mac-mini","lockbar":"9.9","at":"2026-01-01T00:00:0%sZ","watching":true,"daemon":%s,"gone":[%s],"ask":null}' \
    "$peer_id" "$1" "$daemon" "$gone" >"$file"
  printf %s "$file"
}

# becomes_by_report WORDS NUMBER STARTED [TOKEN] puts such a report in place, and waits until the app logs the state.
becomes_by_report() { becomes "$1" mv "$(a_report "$2" "$3" "${4:-}")" "$store/.lockbar/$peer_file"; }

own_says() { grep -q "$1" "$store/.lockbar/$host"-*.json; }
own_gone() { ! own_says ''; }
hosts_say() { lockbar hosts | grep -qF "$1"; }

# launchd restarts a crashed daemon at most 5 s later (its ThrottleInterval, from its last start); step 17 waits longer, in seconds.
readonly respawned=${LOCKBAR_ROUND_RESPAWNED:-8}

step_daemon() {
  local domain label=$bundle_id.round-$$
  wants_app
  domain=gui/$(id -u)
  launchctl print "$domain" >/dev/null || unavailable "launchd has no $domain: is anybody logged in at the screen?"
  new_store daemon
  state=$work/state.daemon
  export HOME=$work/home # the only agent that Lockbar finds is ours
  mkdir -p "$HOME/Library/LaunchAgents"
  an_agent >"$HOME/Library/LaunchAgents/$label.plist"
  a_daemon >"$work/a-daemon"
  printed not-loaded
  service_is '"running":false' || fail "before it is loaded: $(lockbar daemon status)"
  undo bootout "$domain/$label"
  launchctl bootstrap "$domain" "$HOME/Library/LaunchAgents/$label.plist"
  within 10 holds_by_service || fail "10 s after it was loaded the service does not hold the store: $(lockbar daemon status)"
  printed running
  lockbar daemon stop
  printed stopped
  [ ! -e "$store/.locked" ] || fail "the daemon was not ended as it should be: it has left its lock"
  sleep "$respawned"
  service_is '"running":false' || fail "launchd has started it again: $(lockbar daemon status)"
  lockbar daemon start
  within 10 holds_by_service || fail "10 s after it was started the service does not hold the store: $(lockbar daemon status)"
  note "logs/17-launchctl-* have what launchctl print says"
}

# printed NAME saves launchd's description of the agent, whose form Apple does not promise. An unknown agent is a valid answer, too.
printed() { launchctl print "$domain/$label" >"$out/logs/17-launchctl-$1.log" 2>&1 || echo "exit $?" >>"$out/logs/17-launchctl-$1.log"; }

# service_is PATTERN looks in the JSON of lockbar daemon status, which fails if what launchctl printed is not understood.
service_is() { lockbar daemon status --json | grep "$1"; }
holds_by_service() { service_is "\"service\":\"$label.*\"running\":true.*\"holds\":true"; }

# an_agent prints the relevant parts of the agent that iai-mcp installs. Its program is our script,
# under the title of a real daemon, as in as_daemon.
an_agent() {
  cat <<PLIST
<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>Label</key><string>$label</string>
<key>ProgramArguments</key><array>
<string>/bin/bash</string>
<string>-c</string>
<string>exec -a "\$0" /bin/bash "\$1"</string>
<string>iai lilli (iai_mcp.daemon) store=$store</string>
<string>$work/a-daemon</string>
</array>
<key>EnvironmentVariables</key><dict><key>IAI_MCP_STORE</key><string>$store</string></dict>
<key>RunAtLoad</key><true/>
<key>KeepAlive</key><dict><key>Crashed</key><true/></dict>
<key>ThrottleInterval</key><integer>5</integer>
</dict></plist>
PLIST
}

# a_daemon prints a daemon that takes the lock, and releases it at SIGTERM.
a_daemon() {
  cat <<DAEMON
lock=\$IAI_MCP_STORE/.locked
trap 'rm -f "\$lock"; exit 0' TERM
printf '{"pid": %s, "hostname": "$host", "started_at": "%s", "schema_version": 1}' "\$\$" "\$(date -u +%Y-%m-%dT%H:%M:%S+00:00)" >"\$lock.\$\$.tmp"
chmod 600 "\$lock.\$\$.tmp"
mv "\$lock.\$\$.tmp" "\$lock"
while :; do sleep 0.2; done
DAEMON
}
