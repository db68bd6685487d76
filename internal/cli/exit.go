package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"lockbar/internal/words"
)

// Exit codes that several commands share. status --exit-code and run have additional ones.
const (
	exitOK      = 0
	exitError   = 1 // every other error, and a prompt that was declined
	exitUsage   = 2
	exitRefused = 3 // lockbar decided not to do it
	exitFailed  = 4 // lockbar could not do it
)

// A failure is an exit code with the error that explains it; err is nil if none is to be printed, as for the exit code of run's CMD.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit code %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

func failf(code int, format string, args ...any) error {
	return &failure{code, fmt.Errorf(format, args...)}
}

// usageError marks an error in the arguments or the environment that a command finds after cobra has parsed the arguments.
func usageError(err error) error { return &failure{exitUsage, err} }

// commandError marks an error of a command. Unmarked errors are of cobra or of a check in usage.go, and mean wrong usage.
func commandError(err error) error {
	var f *failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	return &failure{exitError, err}
}

// explain prints an error as one line and returns its exit code. For wrong usage it refers to the help of the command.
func explain(w io.Writer, cmd *cobra.Command, err error) int {
	var f *failure
	if err == nil {
		return exitOK
	}
	if !errors.As(err, &f) {
		f = &failure{exitUsage, err}
	}
	switch {
	case f.err == nil:
	case f.code == exitUsage:
		complain(w, words.Plain(f.err)+" (see "+helpOf(cmd)+")")
	default:
		complain(w, words.Plain(f.err))
	}
	return f.code
}

// complain prints one line. It makes the text safe for a terminal, since errors contain paths and texts of the system.
func complain(w io.Writer, message string) {
	fmt.Fprintln(w, "lockbar:", words.OneLine(strings.TrimPrefix(message, "lockcore: ")))
}
