package words

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unicode/utf8"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// Cause says an error in plain words at the end of a line of a menu: cleaned, without a full stop. Of a path that makes it too
// long it has the last name only, so that what is wrong with it is still read.
func Cause(err error) string {
	text := Plain(err)
	if utf8.RuneCountInString(text) > maxRunes {
		text = people.Replace(plain(err, filepath.Base))
	}
	return strings.TrimSuffix(Clean(text), ".")
}

// Plain says an error in plain words, whole: "/x: does not exist" for "open /x: no such file or directory". It is the last step
// of showing an error; until then errors wrap each other. It is not cleaned.
func Plain(err error) string {
	return people.Replace(plain(err, Path))
}

// people need neither the name of a package of ours before its errors, nor the lines on which errors.Join puts each.
var people = strings.NewReplacer("\n", "; ", "lockcore: ", "")

// Problem says, whole, what the system said of a look: of a store that is not there nothing more than the state says.
func Problem(s lockcore.Snapshot) string {
	switch p := s.Problem; {
	case s.Reason == lockcore.StoreMissing:
		return ""
	case p.Path != "":
		return Path(p.Path) + ": " + p.Err
	default:
		return p.Err
	}
}

// plain puts the words for the system's errors in the place of the system's own, wherever they are in the text that wraps them.
func plain(err error, show func(path string) string) string {
	if text := ofSystem(err, show); text != "" {
		return text
	}
	text := err.Error()
	for _, inner := range causes(err) {
		if said := inner.Error(); said != "" {
			text = strings.Replace(text, said, plain(inner, show), 1)
		}
	}
	return text
}

func causes(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return []error{inner}
		}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}

// ofSystem says an error that comes from the standard library or the system; it is empty for any other.
func ofSystem(err error, show func(path string) string) string {
	switch e := err.(type) {
	case *fs.PathError:
		return show(e.Path) + ": " + plain(e.Err, show)
	case *os.LinkError:
		return show(e.New) + ": " + plain(e.Err, show)
	case *os.SyscallError:
		return plain(e.Err, show)
	case *net.OpError:
		return ofNetwork(e, show)
	case *exec.Error:
		return show(e.Name) + ": " + plain(e.Err, show)
	case *exec.ExitError:
		return ofExit(e)
	case *json.SyntaxError:
		return fmt.Sprintf("no valid JSON at byte %d", e.Offset)
	case *json.UnmarshalTypeError:
		return strings.TrimSpace(fmt.Sprintf("%s holds a JSON %s, which is not what belongs there", e.Field, e.Value))
	}
	for _, known := range sentences {
		if err == known.err {
			return known.text
		}
	}
	if number, ok := err.(syscall.Errno); ok {
		return ofNumber(number)
	}
	return ""
}

// sentences are the words for errors that have no fields.
var sentences = []struct {
	err  error
	text string
}{
	{fs.ErrNotExist, notThere},
	{fs.ErrPermission, notAllowed},
	{exec.ErrNotFound, "no such program in " + pathVariable(runtime.GOOS)},
	{exec.ErrDot, "it lies in the current directory, where no program is looked for"},
	{syscall.ENOEXEC, "it is not a program of this system"},
	{context.DeadlineExceeded, noAnswer},
	{os.ErrDeadlineExceeded, noAnswer},
	{context.Canceled, "interrupted"},
	{errors.ErrUnsupported, "this system cannot do that"},
}

const (
	notThere   = "does not exist"
	notAllowed = "permission denied"
	noAnswer   = "no answer in time"
)

func pathVariable(goos string) string {
	if goos == "windows" {
		return "%PATH%"
	}
	return "$PATH"
}

func ofNetwork(e *net.OpError, show func(path string) string) string {
	if e.Addr == nil {
		return plain(e.Err, show)
	}
	return e.Addr.String() + ": " + plain(e.Err, show)
}

// ofNumber leaves the rest to the system, which has words for them: "no space left on device".
func ofNumber(e syscall.Errno) string {
	switch {
	case fsx.IsAbsent(e):
		return notThere
	case errors.Is(e, fs.ErrPermission):
		return notAllowed
	}
	return strings.TrimSuffix(e.Error(), ".")
}

// ofExit says what a program said when it failed, in the first line of its standard error, or how it ended.
func ofExit(e *exec.ExitError) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(e.Stderr)), "\n")
	switch {
	case line != "":
		return Clean(line)
	case e.ExitCode() >= 0:
		return fmt.Sprintf("exit code %d", e.ExitCode())
	}
	return strings.TrimPrefix(e.ProcessState.String(), "signal: ") + " by a signal"
}
