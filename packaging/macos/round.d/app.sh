# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# Functions for the steps that run the app: they start it, change its lock, read its log, use its menu and take pictures.

# The name of this machine in every step.
readonly host=studio

# new_store NAME makes an empty store. Its name has characters that a clipboard without UTF-8 would spoil.
new_store() {
  store=$work/$1-ü…
  mkdir -p "$store"
}

# start_app [ARG...] starts the app as Finder does. $app is its PID, $app_log its log. It has a state directory and settings of its own, so that
# it does not meet a running Lockbar. The state says that an app has run before, because the first start greets.
start_app() {
  wants_app
  state=$work/state.$RANDOM
  mkdir -p "$state"
  echo '{"schema":1,"told":{"version":2}}' >"$state/state.json"
  app_log=$state.log # not in OUT, where macOS may ask whether Lockbar may write
  : >"$app_log"
  undo end_app "$state"
  limited 20 open -n -g --stderr "$app_log" --env "LOCKBAR_CONFIG=${config:-$work/config.json}" "$work/app/Lockbar.app" \
    --args -v --hostname "$host" --state-dir "$state" "$@"
  within 10 app_runs || fail "open started no app: $(tail -n 1 "$app_log")"
  app=$(app_pid)
}

# lockbar runs a command with the store, the settings and the state directory of the app.
lockbar() {
  LOCKBAR_CONFIG=${config:-$work/config.json} "$work/app/Lockbar.app/Contents/MacOS/lockbar" --store "$store" --hostname "$host" --state-dir "$state" "$@"
}

app_pid() { pgrep -n -f "Contents/MacOS/lockbar .*$state"; }
app_runs() { app_pid >/dev/null; }
app_gone() { ! app_runs; }

# end_app STATE ends the app of that state directory, and copies its log to OUT.
end_app() {
  state=$1
  ! app_runs || kill "$(app_pid)"
  within 5 app_gone || kill -KILL "$(app_pid)" || true # it has just ended
  cp "$1.log" "$out/logs/$step_number-app.${1##*.}.log"
}

# started STORE [ARG...] starts the app, and waits for its item on the screen, if the helper may look for it, and for its first look.
started() {
  start_app --store "$@"
  ! "$work/probe" trusted || within 5 framed || fail "no item on the screen after 5 s: $("$work/probe" frame "$app" 2>&1)"
  within 5 grep -q ', now ' "$app_log" || fail "no look at the store in its log"
}

framed() { frame=$("$work/probe" frame "$app" 2>/dev/null); }

# await TEXT COMMAND... runs a command, waits up to 5 s for TEXT in the app's log, and prints how many milliseconds that took.
await() {
  local text=$1
  shift
  "$work/probe" await "$app_log" "$text" 5000 "$@"
}

now() { date -u +%Y-%m-%dT%H:%M:%S+00:00; }
ago() { date -u -v-"$1"S +%Y-%m-%dT%H:%M:%S+00:00; }

# a_lock HOST PID [STARTED] writes a lock that is to be moved into place, as daemons do, and prints its path.
a_lock() {
  local file=$store/.locked.$RANDOM.tmp
  printf '{\n  "pid": %s,\n  "hostname": "%s",\n  "started_at": "%s",\n  "schema_version": 1\n}' "$2" "$1" "${3:-$(now)}" >"$file"
  chmod 600 "$file"
  printf %s "$file"
}

# becomes WORDS COMMAND... runs a command and waits until the app logs the state; the report has the median and the longest wait.
becomes() {
  local took words=$1
  shift
  took=$(await ", now $words" "$@") || fail "never became $words"
  echo "$words after $took ms"
  echo "$took" >>"$work/delays"
}

# becomes_locked WORDS HOST PID [STARTED] puts such a lock in place, and waits until the app logs the state.
becomes_locked() { becomes "$1" mv "$(a_lock "$2" "$3" "${4:-}")" "$store/.locked"; }

# hold starts a process that looks like the store's daemon. $holder is its PID.
hold() {
  in_group as_daemon
  holder=$!
}

as_daemon() { exec -a "iai lilli (iai_mcp.daemon) store=$store" sleep 600; }

# wants_hands ends a step that must click, or look for the item, unless macOS allows the helper both.
wants_hands() { wants_app; "$work/probe" trusted || unavailable "this terminal may not click: System Settings > Privacy & Security > Accessibility"; }

# open_menu tries twice, as a hand does.
open_menu() {
  local try
  for try in 1 2; do
    "$work/probe" click "$app" && within 3 menu_read && return
    echo "try $try: $("$work/probe" menu "$app" 2>&1)"
  done
  return 1
}

menu_read() { menu=$("$work/probe" menu "$app" 2>/dev/null); }

# press TITLE [SUBTITLE] clicks in the menu, and again if the app's log does not have the click.
press() {
  local try
  for try in 1 2; do
    open_menu && "$work/probe" await "$app_log" 'click: ' 6000 "$work/probe" press "$app" "$@" && return
    echo "try $try: no click on $*"
    "$work/probe" escape
  done
  return 1
}

# shot NAME [X Y W H] takes a picture of that part of the screen, or of the whole screen.
shot() {
  local file=$out/pictures/$1.png
  if [ $# = 1 ]; then
    limited 20 screencapture -x "$file"
  else
    limited 20 screencapture -x -R "$2,$3,$4,$5" "$file"
  fi
  [ -s "$file" ]
}

# The part of the screen that an open menu covers, in points.
readonly menu_width=520 menu_height=420

# shot_of_menu NAME takes a picture of the menu below the item.
shot_of_menu() {
  local x rest
  read -r x rest <<FRAME
$frame
FRAME
  shot "$1" $((x > menu_width ? x - menu_width / 2 : 0)) 0 "$menu_width" "$menu_height"
}
