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

// Cause returns an error in plain words for the end of a menu line: cleaned, without a full stop. If the text is too long, it cuts each
// path down to its last element, so that the reason after the path is still shown.
func Cause(err error) string {
	text := Plain(err)
	if utf8.RuneCountInString(text) > maxRunes {
		text = withoutOurs.Replace(plain(err, filepath.Base))
	}
	return strings.TrimSuffix(Clean(text), ".")
}

// Plain returns a whole error in plain words: "/x: does not exist" for "open /x: no such file or directory". Call it
// only when the error is shown; until then errors wrap each other. The text is not cleaned.
func Plain(err error) string {
	return withoutOurs.Replace(plain(err, Path))
}

// withoutOurs removes the prefix of lockcore's errors, and replaces the line breaks of errors.Join.
var withoutOurs = strings.NewReplacer("\n", "; ", "lockcore: ", "")

// Problem returns the whole error of a look; empty if there is none, or if the store is missing, since the state already says so.
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

// plain replaces the system's errors by plain words, wherever they are in the text that wraps them.
func plain(err error, show func(path string) string) string {
	if text := systemError(err, show); text != "" {
		return text
	}
	text := err.Error()
	for _, inner := range causes(err) {
		if old := inner.Error(); old != "" {
			text = strings.Replace(text, old, plain(inner, show), 1)
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

// systemError returns an error of the standard library or the system in plain words; empty for any other.
func systemError(err error, show func(path string) string) string {
	switch e := err.(type) {
	case *fs.PathError:
		return show(e.Path) + ": " + plain(e.Err, show)
	case *os.LinkError:
		return show(e.New) + ": " + plain(e.Err, show)
	case *os.SyscallError:
		return plain(e.Err, show)
	case *net.OpError:
		return networkError(e, show)
	case *exec.Error:
		return show(e.Name) + ": " + plain(e.Err, show)
	case *exec.ExitError:
		return exitError(e)
	case *json.SyntaxError:
		return fmt.Sprintf("invalid JSON at byte %d", e.Offset)
	case *json.UnmarshalTypeError:
		return strings.TrimSuffix("unexpected JSON "+e.Value+" in "+e.Field, " in ")
	}
	for _, known := range plainWords {
		if err == known.err {
			return known.text
		}
	}
	if number, ok := err.(syscall.Errno); ok {
		return errnoError(number)
	}
	return ""
}

// plainWords holds the words for errors that have no fields.
var plainWords = []struct {
	err  error
	text string
}{
	{fs.ErrNotExist, notThere},
	{fs.ErrPermission, notAllowed},
	{exec.ErrNotFound, "no such program in " + pathVariable(runtime.GOOS)},
	{exec.ErrDot, "it is in the current directory, which is not searched for programs"},
	{syscall.ENOEXEC, "it is not a program for this system"},
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

func networkError(e *net.OpError, show func(path string) string) string {
	if e.Addr == nil {
		return plain(e.Err, show)
	}
	return e.Addr.String() + ": " + plain(e.Err, show)
}

// errnoError returns our words for a missing file and for a missing permission, and the system's for other errors.
func errnoError(e syscall.Errno) string {
	switch {
	case fsx.IsAbsent(e):
		return notThere
	case errors.Is(e, fs.ErrPermission):
		return notAllowed
	}
	return strings.TrimSuffix(e.Error(), ".")
}

// exitError returns the first line of a failed program's standard error, or its exit code or signal.
func exitError(e *exec.ExitError) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(e.Stderr)), "\n")
	switch {
	case line != "":
		return Clean(line)
	case e.ExitCode() >= 0:
		return fmt.Sprintf("exit code %d", e.ExitCode())
	}
	return "ended by a signal (" + strings.TrimPrefix(e.ProcessState.String(), "signal: ") + ")"
}
