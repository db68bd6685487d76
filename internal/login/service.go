//go:build unix

package login

import (
	"errors"
	"path/filepath"
	"strings"
)

// A serviceStatus is the status of a login item. From notRegistered on, the numbers are those of SMAppServiceStatus (macOS 13).
type serviceStatus int

const (
	unasked       serviceStatus = iota - 1 // an older macOS, or a program built without cgo
	notRegistered                          // or not known to macOS
	registered
	switchedOff // by the user, in System Settings ("requires approval")
	notFound
)

// services wraps macOS' own list of login items (SMAppService). It works only for a program in a bundle whose signature macOS accepts;
// only an attempt shows that.
type services interface {
	app() serviceStatus              // of the app that this program is in
	agent(path string) serviceStatus // of a LaunchAgent in the user's Library
	register() error                 // adds the app
	unregister() error               // removes the app
}

// mac is the entry of macOS, either in its own list or a LaunchAgent at a path.
type mac struct {
	services services
	path     string
}

// offProblem is the text of ErrSwitchedOff for Setting.Problem.
var offProblem = "Lockbar is " + ErrSwitchedOff.Error()

// read reads the list and, if the app is not on in it, the LaunchAgent. It distinguishes an entry that is switched off in System Settings
// from a missing one.
func (m mac) read() (Setting, error) {
	app := m.services.app()
	if app == registered {
		program, err := executable()
		return Setting{Enabled: true, Entry: loginItems, Program: program}, err
	}
	s, err := lookAt(m.path, readLaunchAgent)
	switch {
	case s.Enabled && m.services.agent(m.path) == switchedOff:
		s.Enabled, s.SwitchedOff, s.Problem = false, true, offProblem
	case !s.Enabled && app == switchedOff:
		s = Setting{Entry: loginItems, SwitchedOff: true, Problem: offProblem}
	}
	return s, err
}

// enable prefers the list, which shows the app's name and icon and finds a moved app. It makes a LaunchAgent if there is no list, if the
// list refuses the app, or if the app is Homebrew's, since the next upgrade removes the path that the list would name. It never makes both,
// or two Lockbars would start. It ignores the error of register, which a registered app gets too, and reads the list afterwards.
func (m mac) enable(program string) error {
	if isBrewed(program) {
		if err := m.unlist(); err != nil {
			return err
		}
		return m.putAgent(program)
	}
	_ = m.services.register()
	switch m.services.app() {
	case registered:
		return remove(m.path)
	case switchedOff:
		return errors.Join(ErrSwitchedOff, remove(m.path))
	}
	return m.putAgent(program)
}

func (m mac) putAgent(program string) error {
	if err := put(m.path, launchAgent(program)); err != nil {
		return err
	}
	if m.services.agent(m.path) == switchedOff {
		return ErrSwitchedOff
	}
	return nil
}

func (m mac) disable() error { return errors.Join(m.unlist(), remove(m.path)) }

// unlist removes the app from the list, if it is there.
func (m mac) unlist() error {
	if app := m.services.app(); app != registered && app != switchedOff {
		return nil
	}
	return m.services.unregister()
}

// isBrewed reports whether Homebrew installed a program.
func isBrewed(program string) bool {
	real, err := filepath.EvalSymlinks(program)
	return err == nil && strings.Contains(real, cellar)
}
