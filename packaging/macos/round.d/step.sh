# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# Functions for every step: its time limit, its result, the undoing, the report.

# patience caps the limits of `limited`, in seconds; 0 means no cap. Some tests set it.
readonly patience=${LOCKBAR_ROUND_PATIENCE:-0}

# end_group PID ends a process group, by TERM and then by KILL. A process that sudo started belongs to root.
end_group() {
  local signal
  for signal in TERM KILL; do
    { kill "-$signal" -- "-$1" || sudo -n kill "-$signal" -- "-$1"; } 2>/dev/null || return 0
    within 2 group_gone "$1" && return 0
  done
}

# group_gone PID reports whether a process group has ended. Zombies do not count.
group_gone() { ps -A -o pgid=,stat= | awk -v group="$1" '$1 == group && $2 !~ /^Z/ { here = 1 } END { exit here }'; }

# within SECONDS COMMAND... retries a command until it succeeds; it fails if that takes longer.
within() {
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# in_group COMMAND... starts a command in a group of its own, which ends with the step at the latest; $! is its PID.
in_group() {
  set -m
  "$@" </dev/null &
  set +m
  echo "$!" >>"$work/groups"
}

# limited SECONDS COMMAND... ends a command that takes longer, with its whole process group, and then returns 124. macOS has no timeout(1).
limited() {
  local seconds=$1 status=0 pid dog
  shift
  seconds=$(shortened "$seconds")
  in_group "$@"
  pid=$!
  rm -f "$work/over.$pid" # left by an earlier process with this PID
  in_group watchdog "$seconds" "$pid" >/dev/null 2>&1
  dog=$!
  wait "$pid" 2>/dev/null || status=$?
  if [ -e "$work/over.$pid" ]; then status=124; else kill -KILL -- "-$dog" 2>/dev/null || true; fi
  wait "$dog" 2>/dev/null || true # after a timeout it still ends the command's children
  rm -f "$work/over.$pid"
  sed -e "/^$dog\$/d" -e "/^$pid\$/d" "$work/groups" >"$work/others"
  mv "$work/others" "$work/groups" # the system may reuse their numbers
  return "$status"
}

shortened() { if [ "$patience" = 0 ] || [ "$1" -lt "$patience" ]; then echo "$1"; else echo "$patience"; fi; }

watchdog() {
  sleep "$1"
  : >"$work/over.$2"
  end_group "$2"
}

# undo COMMAND... registers a command that runs when the step is over, however it ends; the last one runs first.
undo() {
  printf '%q ' "$@" >>"$work/undo"
  echo >>"$work/undo"
}

# A step that does not pass ends by one of these, or by a command that fails. note adds to its line in the report.
fail() { echo "$*" >"$work/reason"; exit 1; }
unavailable() { echo "$*" >"$work/reason"; exit 3; }
note() { echo "$*" >>"$work/notes"; }

# wants_really REASON ends a step that changes the Mac beyond OUT, unless --yes-really allows it.
wants_really() { [ -n "$really" ] || unavailable "only with --yes-really: $*"; }

# as_admin COMMAND... runs a command as root. It fails instead of asking for a password.
as_admin() { sudo -n "$@"; }

wants_admin() {
  wants_really "$* needs root"
  as_admin true 2>/dev/null || unavailable "this user may not use sudo, or gave no password: $*"
}

# keep_admin asks an owner for the password once, and makes sudo remember it until the round ends.
keep_admin() {
  [ -n "$really" ] && ! on_runner && [ -t 0 ] || return 0
  say "your password is for fs_usage (step 4), sfltool (11) and the clock (12); without it 4 and 12 are UNAVAILABLE, and 11 tries less"
  sudo -v || return 0
  while sudo -n -v; do sleep 60; done >/dev/null 2>&1 &
  admin_kept=$!
}

# on_runner reports whether the round may change this machine for good: with --yes-really on a machine of GitHub's own, which is thrown
# away afterwards. A self-hosted one is somebody's Mac.
on_runner() { [ -n "$really" ] && [ "${RUNNER_ENVIRONMENT:-}" = github-hosted ]; }

# GitHub's Macs cannot run these steps, as far as is known. In every other step UNAVAILABLE is a fault there.
readonly not_on_runners=' 10 13 18 '

# run_step NUMBER SECONDS FUNCTION TITLE runs a step within its limit, undoes its changes, and records its result.
run_step() {
  local began=$SECONDS status log result
  log=$out/logs/$(printf %02d "$1")-${3#step_}.log
  rm -f "$work/delays"
  step_number=$(printf %02d "$1")
  say "$1 of $last_step: $4 (at most $((($2 + 59) / 60)) min)"
  under_way="$1	$4"
  : >"$work/undo"
  : >"$work/groups"
  : >"$work/notes"
  rm -f "$work/reason"
  limited "$2" in_step "$3" >"$log" 2>&1
  status=$? # not `limited ... || status=$?`: inside || set -e does nothing
  case $status in 0 | 3) ;; *) [ "$1" -lt 4 ] || shot "$step_number-failed" >>"$log" 2>&1 ;; esac
  clear_up >>"$log" 2>&1
  case $status in
    0) result=PASS ;;
    3)
      result=UNAVAILABLE
      if on_runner && [ "${not_on_runners#* "$1" }" = "$not_on_runners" ]; then
        result=FAIL
        note "unavailable, which it is not on GitHub's Macs"
      fi
      ;;
    124) result=FAIL; echo "not done in $(shortened "$2") s: $(last_words "$log")" >"$work/reason" ;;
    *) result=FAIL; [ -s "$work/reason" ] || echo "exit $status: $(last_words "$log")" >"$work/reason" ;;
  esac
  ! grep -q '^not undone' "$work/notes" || result=FAIL
  printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$4" "$result" $((SECONDS - began)) "$(reasons)" >>"$out/results.tsv"
  under_way=
  say "$1 of $last_step: $result $(reasons)"
}

# in_step FUNCTION runs a step so that the first command that fails ends it.
in_step() {
  set -e
  "$1"
}

# last_words LOG names the failure that a step printed, or else its last line.
last_words() {
  LC_ALL=C grep -a -m 1 -E '^ *--- FAIL|[^ ]*:[0-9]+:[0-9]+: |: error:|^panic:|DATA RACE' "$1" || LC_ALL=C grep -av '^$' "$1" | tail -n 1
}

# reasons prints one line, without the characters that separate the cells of a table. A reason may end in the middle of a character, where
# tools that read UTF-8 would stop; hence LC_ALL=C.
reasons() { { cat "$work/reason" "$work/notes" 2>/dev/null; delays; } | LC_ALL=C tr '\t|' ' /' | LC_ALL=C paste -s -d ';' - | LC_ALL=C sed 's/;/; /g'; }

# delays prints how long the app took to see the changes of a step.
delays() {
  [ ! -s "$work/delays" ] || sort -n "$work/delays" |
    awk '{ t[NR] = $1 } END { printf "changes seen: %d, median %s ms, longest %s ms\n", NR, t[int((NR + 1) / 2)], t[NR] }'
}

# clear_up ends the step's processes and undoes its changes. It runs in the round's own process, where no step's limit ends it.
clear_up() {
  local group line
  while read -r group; do
    group_gone "$group" || end_group "$group"
  done <"$work/groups"
  : >"$work/groups"
  while [ -s "$work/undo" ]; do # a line is removed once it is done, so that an interruption loses none
    line=$(tail -n 1 "$work/undo")
    limited 30 eval "$line" || { echo "not undone: $line"; note "not undone: $line"; }
    sed '$d' "$work/undo" >"$work/left"
    mv "$work/left" "$work/undo"
  done
}

# finish ends the round, also after an interruption.
finish() {
  local failed
  trap '' INT TERM HUP
  [ -z "${under_way:-}" ] || printf '%s\tFAIL\t\tinterrupted\n' "$under_way" >>"$out/results.tsv"
  report >"$out/report.md" # whoever interrupts the round may not wait for the undoing
  jobs -p >>"$work/groups" # one may not be recorded yet
  [ ! -e "$work/undo" ] || clear_up >>"$out/logs/end.log" 2>&1
  [ -z "${admin_kept:-}" ] || kill "$admin_kept" 2>/dev/null
  report >"$out/report.md"
  (cd "$out" && "$root/packaging/macos/pictures" . >pictures.html)
  failed=$(count FAIL)
  rm -rf "$work"
  say "$out/report.md: $(count PASS) passed, $failed failed, $(count UNAVAILABLE) unavailable"
  [ "$failed" = 0 ] && [ -s "$out/results.tsv" ] || exit 1
  exit 0
}

count() { cut -f 3 "$out/results.tsv" | grep -cx "$1"; }

system_name() { echo "macOS $(limited 5 sw_vers -productVersion) $(uname -m)"; }

# report prints a table that GitHub shows.
report() {
  echo "# Lockbar on $(system_name)"
  echo
  [ -z "${LOCKBAR_ROUND_TOOLS:-}" ] || printf 'This is a test of the round, with stand-ins for the programs of macOS.\n\n'
  echo "**$(verdict)** $(count PASS) passed, $(count FAIL) failed, $(count UNAVAILABLE) unavailable (could not be tried here)."
  echo "pictures.html shows the pictures side by side, logs/ what each step printed. Look through both before you give them to anybody:"
  echo "they may show your screen and other programs' messages."
  echo
  echo "Commit $(limited 5 git rev-parse --short HEAD 2>/dev/null || echo unknown), $(limited 5 go version 2>/dev/null || echo no Go)," \
    "steps $chosen${really:+, --yes-really}${asleep:+, --sleep}, $(limited 5 sysctl -n hw.model 2>/dev/null), $(limited 5 date -u)."
  echo
  echo '| step | result | what | seconds | facts |'
  echo '|---|---|---|---|---|'
  awk -F '\t' '{ printf "| %s | %s | %s | %s | %s |\n", $1, $3 == "FAIL" ? "**FAIL**" : $3, $2, $4, $5 }' "$out/results.tsv"
  endings
}

# verdict prints the result in one sentence.
verdict() {
  case $(count FAIL) in
    0) echo "All that was tried works." ;;
    *) echo "Lockbar, or this round, fails here: step $(awk -F '\t' '$3 == "FAIL" { printf "%s%s", n++ ? ", " : "", $1 }' "$out/results.tsv")." ;;
  esac
}

# The report shows this many lines from the end of a log.
readonly ending=25

# endings prints the end of the logs of each failed step.
endings() {
  local number log
  awk -F '\t' '$3 == "FAIL" { print $1 }' "$out/results.tsv" | while read -r number; do
    for log in "$out/logs/$(printf %02d "$number")"-*.log; do # the logs of the step and of its app
      [ -s "$log" ] || continue
      printf '\n## %s ends with\n\n~~~\n' "logs/${log##*/}"
      LC_ALL=C tail -n "$ending" "$log" | LC_ALL=C tr '`' "'"
      echo '~~~'
    done
  done
}
