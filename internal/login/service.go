//go:build unix

package login

import (
	"errors"
	"path/filepath"
	"strings"
)

// serviceStatus is what macOS says of a login item. The numbers are those of SMAppServiceStatus (macOS 13).
type serviceStatus int

const (
	unasked       serviceStatus = iota - 1 // an older macOS, or a program built without cgo
	notRegistered                          // or never heard of
	registered
	switchedOff // by its user, in System Settings ("requires approval")
	notFound
)

// services is macOS' own list of login items (SMAppService). It is only there for a program in a bundle, and only takes one whose
// signature it accepts; which one that is only the attempt tells.
type services interface {
	app() serviceStatus              // of the app that this program is in
	agent(path string) serviceStatus // of a LaunchAgent in the user's Library
	register() error                 // the app
	unregister() error
}

// mac is where macOS keeps what starts at login: its own list, or a LaunchAgent at a path.
type mac struct {
	services services
	path     string
}

// loginItems is where people find the list.
const loginItems = "System Settings > General > Login Items"

// errSwitchedOff: only its user can undo that.
var errSwitchedOff = errors.New("switched off in " + loginItems + "; switch it on there")

// look reads both. What is switched off in System Settings is told from what is not there.
func (m mac) look() (Status, error) {
	app := m.services.app()
	if app == registered || app == switchedOff {
		program, err := executable()
		return off(Status{Enabled: true, Entry: loginItems, Program: program}, app), err
	}
	s, err := lookAt(m.path, readLaunchAgent)
	if s.Enabled {
		s = off(s, m.services.agent(m.path))
	}
	return s, err
}

// off is an entry that its user may have switched off.
func off(s Status, is serviceStatus) Status {
	if is == switchedOff {
		s.Enabled, s.Problem = false, "Lockbar is "+errSwitchedOff.Error()
	}
	return s
}

// enable prefers the list: there the app has its name and icon, and is found wherever it is moved. It does not take what the
// list does not, nor an app that Homebrew will have put elsewhere after the next upgrade.
func (m mac) enable(program string) error {
	if !isBrewed(program) && m.services.register() == nil && m.services.app() == registered {
		return remove(m.path) // or two would start
	}
	if m.services.app() == switchedOff {
		return errSwitchedOff
	}
	if err := put(m.path, launchAgent(program)); err != nil {
		return err
	}
	if m.services.agent(m.path) == switchedOff {
		return errSwitchedOff
	}
	return nil
}

func (m mac) disable() error {
	err := remove(m.path)
	if app := m.services.app(); app == registered || app == switchedOff {
		err = errors.Join(err, m.services.unregister())
	}
	return err
}

// isBrewed reports whether Homebrew put a program where it is.
func isBrewed(program string) bool {
	real, err := filepath.EvalSymlinks(program)
	return err == nil && strings.Contains(real, cellar)
}
