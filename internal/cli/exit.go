package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"lockbar/internal/words"
)

// Exit codes that several commands share. status --exit-code and run have their own beside them.
const (
	exitOK       = 0
	exitError    = 1 // anything that has no code of its own
	exitDeclined = 1 // the person at the prompt said no, or there was nobody to ask
	exitUsage    = 2
	exitRefused  = 3 // it could be done and must not
	exitFailed   = 4 // it could not be done; nothing changed
)

// failure is an exit code with the sentence that explains it; err is nil where the output says it all.
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

// usageError marks what was wrong in the arguments or the environment, found after cobra had parsed them.
func usageError(err error) error { return &failure{exitUsage, err} }

// commandError marks an error that a command gave, so that what is left unmarked is cobra's: wrong usage.
func commandError(err error) error {
	var f *failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	return &failure{exitError, err}
}

// explain prints an error as one line, of wrong usage with the help of the command that was used, and gives its exit code.
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

// complain prints one line that is safe on a terminal: errors carry paths and what the system said.
func complain(w io.Writer, message string) {
	fmt.Fprintln(w, "lockbar:", words.OneLine(strings.TrimPrefix(message, "lockcore: ")))
}
