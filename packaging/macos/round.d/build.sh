# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the round share their variables
# Steps 3, 15 and 18: the packages.

# Only the form of the version matters: three numbers.
readonly round_version=0.0.1
readonly bundle_id=io.github.lockbar.Lockbar

step_build() {
  local app=$work/app/Lockbar.app
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) # the time of everything that pack makes
  export SOURCE_DATE_EPOCH
  CGO_ENABLED=1 go build -o "$work/probe" ./packaging/macos/probe
  build_pack "$work/pack"
  TMPDIR=$work LOCKBAR_COMMIT=$(git rev-parse HEAD) PACK=$work/pack packaging/macos/build "$round_version" "$work/dist"
  ditto -x -k "$work/dist/lockbar-$round_version-macos-universal.zip" "$work/app"
  codesign --verify --strict --verbose=2 "$app"
  note "$(lipo -archs "$app/Contents/MacOS/lockbar")"
  lipo "$app/Contents/MacOS/lockbar" -verify_arch x86_64 arm64
  "$app/Contents/MacOS/lockbar" version
  prepare_runner
  is_refused "$app"
  warm_up
}

# warm_up launches the app for the first time, which may take long on a fresh machine, before anything is measured.
warm_up() {
  new_store warm-up
  start_app --store "$store"
  within 45 framed || note "the first launch showed no item in 45 s"
  end_app "$state"
}

# wants_app ends a step that needs the app if step 3 made none.
wants_app() { [ -x "$work/app/Lockbar.app/Contents/MacOS/lockbar" ] || unavailable "step 3 made no app"; }

signed_ad_hoc() { codesign -dv "$work/app/Lockbar.app" 2>&1 | grep -q 'Signature=adhoc'; }

# is_refused APP checks that Gatekeeper rejects a copy that looks downloaded. On GitHub's images Gatekeeper is off.
is_refused() {
  local verdict
  if ! signed_ad_hoc; then
    note "signed by a developer: Gatekeeper was not asked to refuse it"
    return
  fi
  quarantined "$1" "$work/downloaded"
  if on_runner; then as_admin spctl --global-enable || echo "Gatekeeper stays as it is"; fi
  case $(spctl --status 2>&1) in
    *enabled*) ;;
    *disabled*) note "Gatekeeper is off here"; return ;;
    *) fail "spctl does not say whether Gatekeeper is on" ;;
  esac
  verdict=$(spctl --assess --type execute -vv "$work/downloaded/Lockbar.app" 2>&1) && fail "Gatekeeper takes a quarantined copy: $verdict"
  echo "$verdict"
  echo "$verdict" | grep -q rejected || fail "Gatekeeper did not answer: $verdict"
}

# quarantined APP DIR copies the app as a browser would have left it.
quarantined() {
  mkdir -p "$2"
  ditto "$1" "$2/Lockbar.app"
  xattr -w com.apple.quarantine "0083;$(printf %x "$(date +%s)");Safari;$(uuidgen)" "$2/Lockbar.app"
}

# How long step 18 looks for a process of the refused copy, in seconds.
readonly refused=${LOCKBAR_ROUND_REFUSED:-10}

# step_refused comes last, because Gatekeeper's dialog stays on the screen. open may wait for the dialog, or succeed, so only a running
# process counts.
step_refused() {
  wants_app
  signed_ad_hoc || unavailable "signed by a developer: it would start"
  spctl --status 2>&1 | grep -q 'assessments enabled' || unavailable "Gatekeeper is off"
  quarantined "$work/app/Lockbar.app" "$work/refused"
  undo end_refused
  limited 10 open -n -g "$work/refused/Lockbar.app" || echo "open: $?"
  if within "$refused" pgrep -f '(AppTranslocation/.*|/refused/)Lockbar\.app/Contents/MacOS/'; then fail "it runs"; fi
  shot refused
}

end_refused() {
  killall CoreServicesUIAgent || echo "no dialog"
  pkill -f '(AppTranslocation/.*|/refused/)Lockbar\.app/Contents/MacOS/' || echo "nothing runs"
}

readonly tap=lockbar-round/local

step_formula() {
  local source=$work/lockbar-$round_version-source.tar.gz formula
  wants_really "it makes a tap and installs the formula"
  command -v brew || unavailable "no Homebrew"
  [ ! -e "$(brew --prefix)/opt/lockbar" ] || unavailable "lockbar is installed by Homebrew already"
  export HOMEBREW_NO_AUTO_UPDATE=1 HOMEBREW_NO_ANALYTICS=1 HOMEBREW_NO_ENV_HINTS=1 HOMEBREW_NO_INSTALL_CLEANUP=1 HOMEBREW_NO_AUTOREMOVE=1
  git archive --format=tar --prefix="lockbar-$round_version/" HEAD | gzip -9n >"$source"
  undo brew untap --force "$tap"
  brew tap-new --no-git "$tap"
  formula=$(brew --repository "$tap")/Formula/lockbar.rb
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) LOCKBAR_SOURCE_URL=file://$source LOCKBAR_SOURCE_SHA256=$(sha256 "$source" | cut -d ' ' -f 1) \
    "$work/pack" stamp "$round_version" packaging/macos/lockbar.rb.in "$formula"
  brew trust --formula "$tap/lockbar" || echo "an older Homebrew trusts every tap"
  brew style "$tap/lockbar"
  undo brew uninstall --force "$tap/lockbar"
  brew install --build-from-source "$tap/lockbar"
  brew test "$tap/lockbar"
  "$(brew --prefix)/bin/lockbar" version
}
