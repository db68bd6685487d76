// Package login makes the system start Lockbar when its user logs in: a login item or a LaunchAgent on macOS, an XDG autostart
// entry on Linux and the BSDs, a value of the Run key on Windows. It is off until somebody turns it on, and concerns the next
// login: nothing is started or ended now. What the entry holds is made by plain functions, one file for each system; the twins
// put it there.
package login

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"lockbar/internal/desktop"
)

// Setting describes the system's entry for Lockbar.
type Setting struct {
	Enabled bool
	Entry   string // where it is, whether it is there or not: a file, a value in the registry, or macOS' Login Items
	Program string // what it starts; empty where there is no entry, or none that can be read
	Problem string // one sentence that says what is wrong and what to do; empty where nothing is
	// SwitchedOff: there is an entry, and its user has switched it off in System Settings (macOS).
	SwitchedOff bool
}

// loginItems is the place where macOS shows what starts at login.
const loginItems = "System Settings > General > Login Items"

// ErrSwitchedOff reports that the entry was switched off, which only its user can undo.
var ErrSwitchedOff = errors.New("switched off in " + loginItems + "; switch it on there")

// argument is the command of Lockbar that the entry starts.
const argument = "tray"

// entry is the place of one system for what starts at login. systemEntry, which has a twin for each system, returns that of this one.
type entry interface {
	read() (Setting, error)
	enable(program string) error // an entry that is right stays as it is
	disable() error              // that there is none is no error
}

// Read reads the entry. The error says what could not be read.
func Read() (Setting, error) {
	e, err := systemEntry()
	if err != nil {
		return Setting{}, err
	}
	s, err := e.read()
	if err == nil && s.Enabled {
		s.Problem = problem(s.Program)
	}
	return s, err
}

// Enable makes the entry, or puts it right; an entry that is right stays as it is. The error is a *PlaceError where this program is at
// a place from which nothing can be started at the next login.
func Enable() error {
	program, err := startable()
	if err != nil {
		return err
	}
	e, err := systemEntry()
	if err != nil {
		return err
	}
	return e.enable(program)
}

// Refusal returns the *PlaceError that Enable would give, or nil.
func Refusal() error {
	_, err := startable()
	return err
}

func startable() (program string, err error) {
	if program, err = executable(); err == nil {
		err = refusal(program, placesHere())
	}
	return program, err
}

// Disable takes the entry away; that there is none is no error.
func Disable() error {
	e, err := systemEntry()
	if err != nil {
		return err
	}
	return e.disable()
}

// executable returns the path of this program that outlives an upgrade: where the program on PATH is this one, that path, which
// with Homebrew and the like is a link to a directory that carries the version. On macOS it is the one in the bundle.
func executable() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return inBundle(program), nil
	}
	if found, err := exec.LookPath(desktop.Command); err == nil && sameProgram(found, program) {
		program = found
	}
	return withoutConsole(program), nil
}

// withoutConsole returns the twin for the desktop of the program for shells, lockbar.com: Windows gives that a console window of
// its own when it is started at login.
func withoutConsole(program string) string {
	bare, ok := strings.CutSuffix(program, ".com")
	if _, err := os.Stat(bare + ".exe"); !ok || err != nil {
		return program
	}
	return bare + ".exe"
}

func sameProgram(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// problem describes what is wrong with an entry that starts program, and what to do.
func problem(program string) string {
	const repair = "run: lockbar login enable"
	own, err := executable()
	found, missing := exec.LookPath(program) // a person may leave it to PATH where the program is
	switch {
	case program == "":
		return "The entry does not say what it starts; " + repair
	case refusal(program, placesHere()) != nil:
		return "The entry starts a program that will not be there at login (" + refusal(program, placesHere()).Error() + "); then " + repair
	case missing != nil:
		return "The entry starts a program that is not there; " + repair
	case runtime.GOOS == "darwin" && isLink(found) && linkedApp(found) != "":
		return "The entry starts Lockbar by a link, which hides its app from macOS; " + repair
	case err == nil && !sameProgram(found, own):
		return "The entry starts another Lockbar than this one; to change that, " + repair
	}
	return ""
}
