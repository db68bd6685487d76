// Package login makes the system start Lockbar when its user logs in: a login item or a LaunchAgent on macOS, an XDG autostart
// entry on Linux and the BSDs, a value of the Run key on Windows. This start is off by default. A change takes effect at the next
// login: nothing is started or ended now. autostart.go, launchagent.go and runkey.go make the content of the entries. They build on
// every system, so their tests run everywhere.
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
	Entry   string // where the entry is or would be: a file, a value in the registry, or macOS' Login Items
	Program string // the program that the entry starts; empty if the entry names none, is missing or switched off
	Problem string // a sentence with the problem and what to do; empty if there is none
	// SwitchedOff reports that the user has switched the entry off in System Settings (macOS).
	SwitchedOff bool
}

// loginItems is the place where macOS lists the login items.
const loginItems = "System Settings > General > Login Items"

// ErrSwitchedOff reports that the user switched the entry off in macOS' System Settings. Only the user can switch it on.
var ErrSwitchedOff = errors.New("switched off in " + loginItems + "; switch it on there")

// argument is the command of Lockbar that the entry starts.
const argument = "tray"

// An entry is the login entry of one system. Each system has a systemEntry, which returns it.
type entry interface {
	read() (Setting, error)
	enable(program string) error // makes or corrects the entry
	disable() error              // no error if there is no entry
}

// Status reads the entry.
func Status() (Setting, error) {
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

// Enable makes or corrects the entry. The error is a *PlaceError if this program is at a place from which it cannot be started at the
// next login, and ErrSwitchedOff if the user has switched the entry off in macOS' System Settings.
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

// CheckPlace returns the *PlaceError that Enable would return, or nil; or the error of os.Executable.
func CheckPlace() error {
	_, err := startable()
	return err
}

func startable() (program string, err error) {
	if program, err = executable(); err == nil {
		err = checkPlace(program, placesHere())
	}
	return program, err
}

// Disable removes the entry. It returns no error if there is none.
func Disable() error {
	e, err := systemEntry()
	if err != nil {
		return err
	}
	return e.disable()
}

// executable returns the path by which an entry names this program. On macOS see inBundle. Elsewhere it is the path on PATH, if the program
// there is this one: that path survives an upgrade, since package managers put a link there that leads to the current version.
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

// withoutConsole returns, for lockbar.com, the lockbar.exe beside it: lockbar.com is for shells, and at login Windows would open a console
// window for it. It returns any other program unchanged, and lockbar.com if there is no lockbar.exe.
func withoutConsole(program string) string {
	if bare, ok := strings.CutSuffix(program, ".com"); ok {
		if _, err := os.Stat(bare + ".exe"); err == nil {
			return bare + ".exe"
		}
	}
	return program
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

// problem describes the problem of an entry that starts program, and what to do; empty if there is none.
func problem(program string) string {
	const repair = "run: lockbar login enable"
	own, err := executable()
	place := checkPlace(program, placesHere())
	found, missing := exec.LookPath(program) // a hand-written entry may rely on PATH
	switch {
	case program == "":
		return "The entry does not say what it starts; " + repair
	case place != nil:
		return "The entry starts a program that cannot start at the next login: " + place.Error() + "; then " + repair
	case missing != nil:
		return "The entry starts a program that is not there or cannot be executed; " + repair
	// A link above the app, as Homebrew's opt/NAME, does no harm.
	case runtime.GOOS == "darwin" && isLink(found) && linkedApp(found) != "":
		return "The entry starts Lockbar through a link, which hides its app from macOS; " + repair
	case err == nil && !sameProgram(found, own):
		return "The entry starts another Lockbar than this one; to change that, " + repair
	}
	return ""
}
