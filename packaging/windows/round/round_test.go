//go:build windows

// Package round proves on Windows what only Windows can prove: it starts the app, drives the states of a lock, opens the menu, clicks, and
// sends the messages of a session's end. It has only run under Wine, which does not tell where the icon is.
//
//	go test ./packaging/windows/round -count=1 -v -round.lockbar LOCKBAR -round.out OUT
//
// LOCKBAR is the program; OUT is a directory, which gets pictures/ and logs/. Both are absolute paths. A test that is skipped could not be
// tried here, which says nothing about Lockbar.
//
// It opens menus, moves the pointer away from them, adds a scheduled task, a login item and a drive X: and removes them, and where Windows
// hides new icons it has Lockbar's shown, for good: use a machine that is thrown away, or leave it alone for two minutes. It makes its own
// stores.
package round

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

var (
	program = flag.String("round.lockbar", "", "play the round with this `binary`")
	out     = flag.String("round.out", "", "write pictures and logs into this `directory`")
)

// onWine reports whether this is Wine, where some steps are known to be unavailable.
var onWine = windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil

// A round is one test, with a directory of its own.
type round struct {
	*testing.T
	work string
}

func newRound(t *testing.T) *round {
	if *program == "" {
		t.Skip("needs -round.lockbar and -round.out, and uses the mouse")
	}
	r := &round{t, t.TempDir()}
	for _, dir := range []string{"pictures", "logs"} {
		r.must(os.MkdirAll(filepath.Join(*out, dir), 0o777))
	}
	return r
}

// fail ends the test, and leaves a picture of the screen.
func (r *round) fail(format string, args ...any) {
	r.Helper()
	r.shot(r.Name() + "-failed")
	r.Fatalf(format, args...)
}

// must ends the test if err is not nil.
func (r *round) must(err error) {
	r.Helper()
	if err != nil {
		r.fail("%v", err)
	}
}

// lacks logs a gap under Wine, and ends the test elsewhere.
func (r *round) lacks(format string, args ...any) {
	r.Helper()
	if !onWine {
		r.fail(format, args...)
	}
	r.Logf(format, args...)
}

// patience bounds every wait. Most waits are short, but the removal of a lock is recorded only after ten seconds, because a takeover might
// follow.
const patience = 40 * time.Second

// within waits until a condition holds, and ends the test if that takes too long.
func (r *round) within(what string, isSo func() bool) time.Duration {
	r.Helper()
	began := time.Now()
	for !isSo() {
		if time.Since(began) > patience {
			r.fail("not within %v: %s", patience, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(began)
}
