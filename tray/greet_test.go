package tray

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/internal/login"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/notify"
)

func TestFirstStart(t *testing.T) {
	kept, told := Config{StateDir: "/s"}, state.Saved{Told: []byte("{}")}
	for _, test := range []struct {
		name     string
		config   Config
		saved    state.Saved
		readable bool
		want     bool
	}{
		{"nothing is there", kept, state.Saved{}, true, true},
		{"only commands have run", kept, state.Saved{Names: []string{"mac-a"}}, true, true},
		{"the app has run", kept, told, true, false},
		{"something cannot be read", kept, state.Saved{}, false, false},
		{"a demo", Config{StateDir: "/s", Demo: true}, state.Saved{}, true, false},
		{"nothing is kept", Config{}, state.Saved{}, true, false},
	} {
		if got := test.config.isFirst(test.saved, test.readable); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestGreetingWaits checks that the greeting is sent once, and not while there is one of the obstacles in the table.
func TestGreetingWaits(t *testing.T) {
	now := time.Now()
	for name, obstacle := range map[string]func(*loop){
		"none":                        func(*loop) {},
		"the settings are unknown":    func(l *loop) { l.mute = true },
		"a store has not been seen":   func(l *loop) { l.seen[1] = false },
		"the login is unknown":        func(l *loop) { l.loginRead = false },
		"no panel":                    func(l *loop) { l.tellPanel(false, "XFCE"); l.pending.letters = nil },
		"a pause":                     func(l *loop) { l.settings.PausedUntil = now.Add(time.Hour) },
		"this is not the first start": func(l *loop) { l.decider = notify.Decider{} },
	} {
		l := greeter(t)
		obstacle(l)
		l.greet(now)
		l.greet(now)
		want := 0
		if name == "none" {
			want = 1
		}
		if got := len(l.pending.letters); got != want {
			t.Errorf("obstacle: %s: %d letters", name, got)
		}
		if waits := name != "none" && name != "this is not the first start"; l.decider.GreetingDue != waits {
			t.Errorf("obstacle: %s: greeting still due: %t", name, !waits)
		}
	}
}

// TestGreetingOffersWhatCanBeDone checks that the greeting offers the start at login only if it is possible and off.
func TestGreetingOffersWhatCanBeDone(t *testing.T) {
	for state, offered := range map[loginState]bool{loginUnknown: false, loginDisabled: true, loginRefused: false, loginEnabled: false, loginSwitchedOff: false} {
		l := greeter(t)
		l.settings.Login = state
		l.greet(time.Now())
		m := l.pending.letters[0].Message
		if got := strings.Contains(m.Body+m.Plain, notify.LoginLabel); got != offered || (len(m.Buttons) > 0) != offered {
			t.Errorf("login state %d: %+v", state, m)
		}
	}
}

func TestLoginState(t *testing.T) {
	place := &login.PlaceError{}
	for _, test := range []struct {
		setting      login.Setting
		err, refusal error
		want         loginState
	}{
		{login.Setting{}, nil, nil, loginDisabled},
		{login.Setting{}, nil, place, loginRefused},
		{login.Setting{Enabled: true}, nil, nil, loginEnabled},
		{login.Setting{Enabled: true}, nil, place, loginEnabled}, // a click can still turn it off
		{login.Setting{SwitchedOff: true}, nil, place, loginSwitchedOff},
		{login.Setting{}, errors.ErrUnsupported, place, loginUnknown},
	} {
		if got := loginStateOf(test.setting, test.err, test.refusal); got != test.want {
			t.Errorf("%+v: %d, want %d", test, got, test.want)
		}
	}
}

// TestSecondClickOnStartAtLogin checks that a second click on the button of the greeting does not switch the start at login off.
func TestSecondClickOnStartAtLogin(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	l := greeter(t)
	l.settings.Login = loginEnabled
	l.startAtLogin(t.Context())
	if m := l.outbox.Shows(notify.AnswerSlot); m.Body != "Lockbar starts at login already." {
		t.Errorf("answered %v", m)
	}
}

// TestOwnPlaceIsAsked checks that readLogin asks login.CheckPlace: go test removes this program, so it cannot start at login.
func TestOwnPlaceIsAsked(t *testing.T) {
	if login.CheckPlace() == nil {
		t.Skip("this program can start at login")
	}
	if readLogin() == loginDisabled {
		t.Error("it could be switched on")
	}
}

// TestRefusedLoginStaysInTheMenu checks that the item stays: its click shows the reason.
func TestRefusedLoginStaysInTheMenu(t *testing.T) {
	item := startAtLogin(but(one(noLock(lockcore.Unlocked, "")), func(in *input) { in.Settings.Login = loginRefused }))
	if !item.Visible || item.Checked || item.Action.Do != doToggleLogin {
		t.Errorf("%+v", item)
	}
}

// TestGreetingThatCannotBeKept checks that the greeting is not sent if its record cannot be written: each start would repeat it.
func TestGreetingThatCannotBeKept(t *testing.T) {
	var sent []string
	file := filepath.Join(t.TempDir(), "file")
	testfs.Check(t, os.WriteFile(file, nil, 0o600))
	k := newKeeper(filepath.Join(file, "x"), newLogs(io.Discard, false), func(l notify.Letter) error { sent = append(sent, l.Slot); return nil })
	k.do(job{saving: &saving{}, letters: []notify.Letter{{Slot: notify.GreetingSlot}, {Slot: notify.AnswerSlot}}})
	if !slices.Equal(sent, []string{notify.AnswerSlot}) {
		t.Errorf("sent %q", sent)
	}
}

// TestGreetingIsSentIfOnlyTheHistoryFails checks that a failing history does not hold back the greeting, whose record is kept.
func TestGreetingIsSentIfOnlyTheHistoryFails(t *testing.T) {
	dir := t.TempDir()
	testfs.Check(t, os.MkdirAll(filepath.Join(dir, "history.jsonl", "in the way"), 0o700))
	sent := 0
	k := newKeeper(dir, newLogs(io.Discard, false), func(notify.Letter) error { sent++; return nil })
	k.do(job{lines: []historyLine{historyLineOf(1)}, saving: &saving{}, letters: []notify.Letter{{Slot: notify.GreetingSlot}}})
	if sent != 1 || len(k.unwritten.lines) != 1 {
		t.Errorf("%d sent, %d lines left", sent, len(k.unwritten.lines))
	}
}

// greeter returns a loop of two stores that is ready to greet.
func greeter(t *testing.T) *loop {
	l := newLoop(Config{Stores: newStores(t, 2, lockcore.Options{Hostname: "mac-a"})}, newLogs(io.Discard, false))
	l.decider = notify.Decider{GreetingDue: true}
	l.seen, l.loginRead, l.iconShown = []bool{true, true}, true, true
	for i := range l.stores {
		l.stores[i].Snapshot = noLock(lockcore.Unlocked, "")
	}
	return l
}
