//go:build unix

package login

import (
	"errors"
	"path/filepath"
	"strings"
)

// serviceStatus is the status of a login item. The numbers are those of SMAppServiceStatus (macOS 13).
type serviceStatus int

const (
	unasked       serviceStatus = iota - 1 // an older macOS, or a program built without cgo
	notRegistered                          // or never heard of
	registered
	switchedOff // by its user, in System Settings ("requires approval")
	notFound
)

// services wraps macOS' own list of login items (SMAppService). It is only there for a program in a bundle, and only takes one whose
// signature it accepts; which one that is only the attempt tells.
type services interface {
	app() serviceStatus              // of the app that this program is in
	agent(path string) serviceStatus // of a LaunchAgent in the user's Library
	register() error                 // the app
	unregister() error
}

// mac is the entry of macOS: in its own list, or a LaunchAgent at a path.
type mac struct {
	services services
	path     string
}

// offProblem says ErrSwitchedOff where nothing was tried.
var offProblem = "Lockbar is " + ErrSwitchedOff.Error()

// read reads both. What is switched off in System Settings is told from what is not there.
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

// enable prefers the list: there the app has its name and icon, and is found wherever it is moved. What the list does not take,
// and an app that Homebrew will have put elsewhere after the next upgrade, gets a LaunchAgent. It is never both, or two would
// start. What the list says afterwards counts, not how it answered: one that is registered already is an error to it.
func (m mac) enable(program string) error {
	if isBrewed(program) {
		return errors.Join(m.unlist(), m.putAgent(program))
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

// unlist takes the app off the list, if it is on it.
func (m mac) unlist() error {
	if app := m.services.app(); app != registered && app != switchedOff {
		return nil
	}
	return m.services.unregister()
}

// isBrewed reports whether Homebrew put a program where it is.
func isBrewed(program string) bool {
	real, err := filepath.EvalSymlinks(program)
	return err == nil && strings.Contains(real, cellar)
}
