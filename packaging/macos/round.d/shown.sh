# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# Steps 4 to 6: the things that a person sees and clicks.

step_start() {
  local kind
  wants_app
  wants_hands
  forget_decisions
  new_store start
  started "$store"
  note "x, y, width, height: $frame"
  kind=$(lsappinfo info -only ApplicationType "$app") || fail "lsappinfo did not answer"
  [ "$kind" = '"ApplicationType"="UIElement"' ] || fail "it is no UIElement, which has no icon in the Dock: $kind"
  shot start
  end_app "$state"
  if [ -n "$really" ]; then with_default_store; else note "with --yes-really also: no question, no walk through the home"; fi
}

# forget_decisions makes macOS ask again everything that it asks a new user. tccutil fails for an app that LaunchServices does not know.
forget_decisions() {
  [ -n "$really" ] || { note "without --yes-really earlier answers about Lockbar count"; return 0; }
  undo lsregister -u "$work/app/Lockbar.app"
  lsregister -f "$work/app/Lockbar.app"
  tccutil reset All "$bundle_id"
}

# How long fs_usage traces, in seconds. The app's first look may come before fs_usage is ready; the next one follows 30 s later.
readonly traced=45

# with_default_store starts the app with the default store, and traces the files that it opens and the questions of macOS.
with_default_store() {
  local since tracer trace=$out/logs/04-fs_usage.log questions=$out/logs/04-tcc.log
  wants_admin "fs_usage"
  since=$(date '+%Y-%m-%d %H:%M:%S')
  in_group as_admin fs_usage -w -f pathname -t "$traced" lockbar >"$trace" 2>&1
  tracer=$!
  start_app
  within 5 framed || fail "no item with the default store"
  # fs_usage must end by itself: if it were killed, its last lines would be lost.
  within $((traced + 15)) group_gone "$tracer" || fail "fs_usage did not end"
  grep -q '\.iai-mcp' "$trace" || fail "fs_usage did not see the default store being looked at"
  if grep -E "$HOME/(Desktop|Documents|Downloads|Movies|Music|Pictures|Library/Mobile Documents)" "$trace"; then fail "it went through the home directory"; fi
  log show --start "$since" --style compact --info --predicate 'subsystem == "com.apple.TCC"' >"$questions"
  grep -q com.apple.TCC "$questions" || note "TCC logged nothing"
  if grep AUTHREQ_PROMPTING "$questions" | grep "$bundle_id"; then fail "macOS asked somebody about Lockbar"; fi
}

# The seven states, with the file that has the menu of each in tray/testdata.
readonly states='unlocked held-here held-elsewhere stale contested corrupt unknown'
golden_of() {
  case $1 in
    stale) echo stale-gone ;;
    contested) echo contested-alive ;;
    unknown) echo unknown-missing ;;
    *) echo "$1" ;;
  esac
}

step_states() {
  local was
  wants_hands
  new_store states
  started "$store"
  was=$(dark_mode) || was=''
  [ -z "$was" ] || undo set_dark_mode "$was"
  if set_dark_mode false; then seven_states light; else note "light and dark: System Events did not answer"; seven_states as-it-is; fi
  if set_dark_mode true; then seven_states dark; fi
  change_below_open_menu
}

# shows_another BEFORE NAME X Y W H takes a picture that must differ from the one before, if there is one. The screen changes after the log.
shows_another() {
  local before=$1
  shift
  shot "$@" && { [ -z "$before" ] || "$work/probe" differ "$before" "$out/pictures/$1.png"; }
}

dark_mode() { limited 20 osascript -e 'tell application "System Events" to tell appearance preferences to get dark mode'; }
set_dark_mode() { limited 20 osascript -e "tell application \"System Events\" to tell appearance preferences to set dark mode to $1"; }

# seven_states MODE goes through the states; each picture of the item must differ from the one before.
seven_states() {
  local s before='' x y w h
  for s in $states; do
    "to_$s"
    within 5 framed
    read -r x y w h <<FRAME
$frame
FRAME
    within 3 shows_another "$before" "$s-$1" "$x" "$y" "$w" "$h" || fail "$s looks like the state before it, if this terminal may record the screen"
    before=$out/pictures/$s-$1.png
    if [ "$1" != dark ]; then menu_is_golden "$s"; fi
  done
  becomes corrupt mv "$store.away" "$store"
}

to_unlocked() { [ ! -e "$store/.locked" ] || becomes unlocked rm "$store/.locked"; }
to_held-here() { hold; becomes_locked held-here "$host" "$holder"; }
to_held-elsewhere() { end_group "$holder"; becomes_locked held-elsewhere other-mac 4242; }
to_stale() { becomes_locked 'stale process-gone' "$host" "$(a_dead_pid)"; }
to_contested() { hold; becomes_locked held-here "$host" "$holder"; becomes_locked contested other-mac 4243; }
to_corrupt() { end_group "$holder"; echo rubbish >"$store/.locked.rubbish.tmp"; becomes corrupt mv "$store/.locked.rubbish.tmp" "$store/.locked"; }
to_unknown() { becomes 'unknown store-missing' mv "$store" "$store.away"; }

a_dead_pid() { sh -c 'echo $$'; }

# menu_is_golden STATE compares the headline and the entries that can be clicked; the others have times and paths.
menu_is_golden() {
  local golden
  golden=$root/tray/testdata/$(golden_of "$1").golden
  open_menu || fail "the menu does not open"
  shot_of_menu "menu-$1"
  "$work/probe" escape
  printf '%s\n' "$menu" | labels >"$work/menu.got"
  tail -n +4 "$golden" | labels >"$work/menu.want"
  headline "$menu" >>"$work/menu.got"
  headline "$(tail -n +4 "$golden")" >>"$work/menu.want"
  diff -u "$work/menu.want" "$work/menu.got" || fail "the menu of $1 is not as in $(basename "$golden")"
}

# headline MENU prints the menu's line about the state, with the names of the golden files.
headline() { printf '%s\n' "$1" | sed -e 's/ · .*//' -e 's/)$//' -e 's/this Mac/this computer/' -e "s/$host/mac-a/" -e 's/other-mac/mac-mini/' -e 1q; }

# labels prints the entries of the menu itself that can be clicked, without Recent Activity, which depends on earlier events.
labels() { sed -e 's/^\[.\] //' | grep -v -e '^[ (]' -e '^---' -e '^Recent Activity'; }

# change_below_open_menu checks that an open menu shows a change of the lock: the app must not block while its menu is open.
change_below_open_menu() {
  becomes_locked held-elsewhere other-mac 4242
  open_menu || fail "the menu does not open"
  becomes_locked held-elsewhere third-mac 4243
  within 3 menu_names third-mac || fail "the open menu still shows: $menu"
  shot_of_menu menu-open-while-it-changed
  "$work/probe" escape
}

menu_names() { menu_read && printf '%s' "$menu" | grep -q "Held by $1"; }

step_clicks() {
  local lock
  wants_hands
  new_store clicks
  started "$store"
  becomes_locked held-elsewhere other-mac 4242
  lock=$(cat "$store/.locked")
  press 'Force Unlock' || fail "no click on Force Unlock arrived"
  within 5 test ! -e "$store/.locked" || fail "Force Unlock did not remove the lock"
  within 5 offered 'Undo Force Unlock' || fail "no Undo in the menu"
  press 'Undo Force Unlock' || fail "no click on Undo arrived"
  within 5 test -e "$store/.locked" || fail "Undo did not bring the lock back"
  [ "$(cat "$store/.locked")" = "$lock" ] || fail "Undo brought back another lock"
  LC_CTYPE=UTF-8 pbpaste >"$work/clipboard"
  undo copy_back
  press 'Copy Details' || fail "no click on Copy Details arrived"
  within 5 clipboard_has "${store##*/}" || fail "the clipboard has not got the store's name: $(pbpaste | head -n 3)"
  press Notifications Takeovers || fail "no click in the submenu arrived"
  within 5 grep -q '"takeover": *false' "$work/config.json" || fail "the switch was not kept"
  open_menu && "$work/probe" press "$app" 'Quit Lockbar'
  within 3 app_gone || fail "it still runs 3 s after Quit"
}

# copy_back restores the clipboard, but only text.
copy_back() { LC_CTYPE=UTF-8 pbcopy <"$work/clipboard"; }

offered() { open_menu; "$work/probe" escape; printf '%s\n' "$menu" | grep -qx "$1"; }
clipboard_has() { LC_CTYPE=UTF-8 pbpaste | grep -q "$1"; }
