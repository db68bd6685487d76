//go:build unix

package login

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"lockbar/internal/testfs"
)

// A list replaces macOS' own list of login items.
type list struct {
	is, agentIs serviceStatus // of the app and of the agent
	takes       serviceStatus // the status of the app after it was registered
	refusal     error         // of register
	asked       int           // calls of register
	stuck       error         // of unregister
}

func (l *list) app() serviceStatus         { return l.is }
func (l *list) agent(string) serviceStatus { return l.agentIs }

func (l *list) register() error {
	l.asked++
	if l.refusal == nil {
		l.is = l.takes
	}
	return l.refusal
}

func (l *list) unregister() error {
	if l.stuck == nil {
		l.is = notRegistered
	}
	return l.stuck
}

// TestAppStaysInTheList checks that no LaunchAgent is made beside an app that cannot be removed from the list.
func TestAppStaysInTheList(t *testing.T) {
	dir := t.TempDir()
	stuck := errors.New("busy")
	m := mac{&list{is: registered, stuck: stuck}, filepath.Join(dir, "agent.plist")}
	if err := m.enable(program(t, dir, "Cellar", "lockbar", "1", "lockbar")); !errors.Is(err, stuck) {
		t.Error(err)
	}
	if _, err := os.Stat(m.path); err == nil {
		t.Error("the list and the agent would both start it")
	}
}

var errSignature = errors.New("the signature is not valid")

// program makes an executable file, not a link, and returns its path.
func program(t *testing.T, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	testfs.Check(t, errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte("#!/bin/sh\n"), 0o755)))
	return file
}

// TestMacLoginItem begins with an earlier version's LaunchAgent. enable must remove it if the list accepts the app, or two would start.
func TestMacLoginItem(t *testing.T) {
	for _, c := range []struct {
		name    string
		list    list
		brewed  bool
		err     error
		enabled bool
		agent   bool // there is a LaunchAgent afterwards
	}{
		{"an accepted app", list{takes: registered}, false, nil, true, false},
		{"one that is registered already", list{is: registered, takes: registered}, false, nil, true, false},
		{"one that is registered, and refused for it", list{is: registered, refusal: errSignature}, false, nil, true, false},
		{"Homebrew's that the list has", list{is: registered, takes: registered}, true, nil, true, true},
		{"one whose signature is not accepted", list{refusal: errSignature}, false, nil, true, true},
		{"an older macOS, or no bundle", list{is: unasked, agentIs: unasked, refusal: errors.ErrUnsupported}, false, nil, true, true},
		{"Homebrew's", list{takes: registered}, true, nil, true, true},
		{"switched off before", list{is: switchedOff, refusal: errSignature}, false, ErrSwitchedOff, false, false},
		{"registered and still switched off", list{takes: switchedOff}, false, ErrSwitchedOff, false, false},
		{"an agent that is switched off", list{refusal: errSignature, agentIs: switchedOff}, false, ErrSwitchedOff, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			m := mac{&c.list, filepath.Join(dir, "agent.plist")}
			testfs.Check(t, put(m.path, launchAgent("/old")))
			app := program(t, dir, "Lockbar.app", "Contents", "MacOS", "lockbar")
			if c.brewed {
				app = program(t, dir, "Cellar", "lockbar", "1", "lockbar")
			}
			if err := m.enable(app); !errors.Is(err, c.err) {
				t.Errorf("enable: %v, want %v", err, c.err)
			}
			s, err := m.read()
			if s.Enabled != c.enabled || err != nil || (s.Problem == "") != c.enabled || s.SwitchedOff == c.enabled {
				t.Errorf("enabled: %+v, %v", s, err)
			}
			if _, err := os.Stat(m.path); (err == nil) != c.agent {
				t.Errorf("the agent: %v, want it to exist: %v", err, c.agent)
			}
			if c.brewed && c.list.asked > 0 {
				t.Error("the list would name a path that the next upgrade removes")
			}
			if c.agent && c.list.is == registered {
				t.Error("the list and the agent would both start it")
			}
			errDisable := m.disable()
			if s, err := m.read(); s.Enabled || s.Problem != "" || errors.Join(errDisable, err) != nil {
				t.Errorf("disabled: %+v, %v, %v", s, errDisable, err)
			}
		})
	}
}

func TestProgramInBundle(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	testfs.Check(t, err)
	const inside = "Lockbar.app/Contents/MacOS/lockbar"
	link := func(target string, path ...string) string {
		at := filepath.Join(append([]string{dir}, path...)...)
		testfs.Check(t, errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.Symlink(target, at)))
		return at
	}
	app := program(t, dir, "Applications", inside)
	brewed := program(t, dir, "Cellar", "lockbar", "0.3.0", inside)
	link("../Cellar/lockbar/0.3.0", "opt", "lockbar")
	kept := filepath.Join(dir, "opt", "lockbar", inside)
	other := program(t, dir, "Cellar", "old", "1", inside) // without a link in opt
	for _, c := range []struct{ name, started, want string }{
		{"itself", app, app},
		{"a link", link(app, "bin", "lockbar"), app},
		{"a link to a link", link("lockbar", "bin", "lb"), app},
		{"Homebrew's link", link("../Cellar/lockbar/0.3.0/"+inside, "bin", "brewed"), kept},
		{"Homebrew's file", brewed, kept},
		{"Homebrew's lasting path", kept, kept},
		{"a version that opt does not lead to", other, other},
		{"nothing", filepath.Join(dir, "none"), filepath.Join(dir, "none")},
	} {
		if got := inBundle(c.started); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for started, want := range map[string]string{app: "", filepath.Join(dir, "bin", "lb"): app, link(program(t, dir, "bare"), "bin", "bare"): "", kept: brewed} {
		if got := linkedApp(started); got != want {
			t.Errorf("%s leads to the app %q, want %q", started, got, want)
		}
	}
	if isBrewed(app) || !isBrewed(kept) {
		t.Error("Homebrew's programs are not distinguished from others")
	}
}
