# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# Steps 7 to 9, and 12: changes of processes, files and time that the app must see.

readonly deaths=${LOCKBAR_ROUND_DEATHS:-30}

# A holder lives this long, in seconds. If it died during the app's pause between two looks, the pause would be measured, too.
readonly lived=0.2

step_deaths() {
  local i took all=''
  new_store deaths
  started "$store"
  for ((i = 0; i < deaths; i++)); do
    hold
    await ', now held-here' mv "$(a_lock "$host" "$holder")" "$store/.locked" >/dev/null
    sleep "$lived"
    took=$(await ', now stale process-gone' kill -KILL "$holder") || fail "death $i of $deaths was missed"
    wait "$holder" 2>/dev/null || true # bash would report it
    all="$all$took
"
  done
  note "$(printf %s "$all" | sort -n | awk '{ t[NR] = $1 } END { printf "%d deaths seen: median %s ms, longest %s ms", NR, t[int((NR + 1) / 2)], t[NR] }')"
  dies_unreaped
  is_recycled
}

# dies_unreaped kills a child whose parent never waits for it, so that a zombie is left.
dies_unreaped() {
  local child
  in_group as_careless_parent
  within 5 test -s "$work/child"
  child=$(cat "$work/child")
  becomes_locked held-here "$host" "$child"
  becomes 'stale zombie' kill -KILL "$child"
}

as_careless_parent() {
  as_daemon &
  echo "$!" >"$work/child"
  exec sleep 600
}

# is_recycled makes a lock that is older than the process that has its PID now.
is_recycled() {
  in_group sleep 600
  becomes_locked 'stale pid-recycled' "$host" "$!" "$(ago 60)"
}

step_places() {
  new_store places
  local link=$work/link first=$store second=$work/second
  mkdir "$second"
  ln -s "$first" "$link"
  started "$link"
  becomes 'unknown store-missing' rm -r "$first"
  becomes unlocked mkdir "$first"
  store=$second
  mv "$(a_lock other-mac 4242)" "$second/.locked"
  becomes held-elsewhere ln -sfn "$second" "$link"
}

# How long step 9 leaves the app alone, in seconds.
readonly idle=${LOCKBAR_ROUND_IDLE:-360}

step_idle() {
  local before after cpu
  wants_really "it sets NSAppSleepDisabled for Lockbar"
  # GitHub's images switch App Nap off for all apps; Lockbar's own default should override that.
  undo app_nap "$(defaults read "$bundle_id" NSAppSleepDisabled 2>/dev/null || echo unset)"
  defaults write "$bundle_id" NSAppSleepDisabled -bool NO
  new_store idle
  started "$store"
  hold
  becomes_locked held-here "$host" "$holder"
  open -a Finder
  before=$(cpu_seconds)
  sleep "$idle"
  after=$(cpu_seconds)
  becomes 'stale process-gone' kill -KILL "$holder"
  cpu=$(awk -v s="$((idle))" -v a="$after" -v b="$before" 'BEGIN { if (a == "" || b == "") exit 1; printf "%.2f", (a - b) * 3600 / s }')
  note "CPU $cpu s an hour"
  [ "${cpu%.*}" -lt "$most_cpu" ] || fail "that is more than $most_cpu"
}

# app_nap VALUE restores Lockbar's own setting.
app_nap() { if [ "$1" = unset ]; then defaults delete "$bundle_id" NSAppSleepDisabled; else defaults write "$bundle_id" NSAppSleepDisabled -bool "$1"; fi; }

# most_cpu is a limit in seconds of CPU an hour. An idle Lockbar takes far less; a busy loop takes 3600.
readonly most_cpu=60

# cpu_seconds prints the CPU time of the app. ps prints it as [hours:]minutes:seconds.
cpu_seconds() { ps -o time= -p "$app" | awk -F : 'NF > 1 { for (i = 1; i <= NF; i++) s = s * 60 + $i; print s }'; }

step_clock() {
  wants_really "it sets the clock"
  wants_admin "the clock"
  new_store clock
  started "$store"
  hold
  becomes_locked held-here "$host" "$holder"
  network_time_off
  undo clock_back
  move_clock +
  still_held
  clock_back
  still_held
  becomes 'stale process-gone' kill -KILL "$holder"
  [ -z "$asleep" ] || real_sleep
}

# Three minutes are more than the tolerance in comparing a process' start with its lock (5 s), and runners have lived with as much
# (actions/runner#2996).
readonly jump=180

# move_clock +|- moves the clock by the jump.
move_clock() { : >"$work/moved" && as_admin date -u "$(date -u "-v$1${jump}S" +%m%d%H%M%Y.%S)" ; }

clock_back() {
  [ -e "$work/moved" ] || return 0
  as_admin date -u "$(date -u "-v-${jump}S" +%m%d%H%M%Y.%S)" && rm "$work/moved"
}

network_time_off() {
  systemsetup_says | grep -q 'Network Time: On' || return 0
  undo as_admin systemsetup -setusingnetworktime on
  as_admin systemsetup -setusingnetworktime off
}

systemsetup_says() { limited 10 sudo -n systemsetup -getusingnetworktime; }

# still_held checks that a jump of the clock is no death. A conflict copy appears and disappears, so that there is a change to wait for.
still_held() {
  becomes 'contested conflict-copy' mv "$(a_lock other-mac 4242)" "$store/.locked 2"
  becomes held-here rm "$store/.locked 2"
}

# pmset accepts a minute for certain, and perhaps nothing shorter.
readonly nap=60

real_sleep() {
  local woke
  woke=$(waketime)
  as_admin pmset relative wake "$nap"
  as_admin pmset sleepnow
  within 100 woke_after "$woke" || fail "the Mac did not sleep"
  becomes_locked held-elsewhere other-mac 4242
  note "slept and woke"
}

waketime() { sysctl -n kern.waketime; }
woke_after() { [ "$(waketime)" != "$1" ]; }
