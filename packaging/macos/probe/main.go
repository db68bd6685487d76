// Probe is the helper of packaging/macos/round: it clicks a tray app as a hand does, reads its menu through the Accessibility API,
// and measures. Each verb is one short process, because macOS caches some permissions for the life of a process.
//
//	probe trusted
//	probe frame PID
//	probe click PID
//	probe menu PID
//	probe press PID TITLE [SUBTITLE]
//	probe escape
//	probe differ PNG PNG
//	probe await LOG TEXT MILLISECONDS CMD [ARG...]
//
// It exits with 0; with 1 and one sentence on stderr; or with 2 after wrong usage. It retries only the move to an entry; its caller retries
// the rest.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], theScreen, os.Stdout, os.Stderr)) }

// A call holds the arguments, the screen and the output of a verb.
type call struct {
	args        []string
	screen      screen
	out, errOut io.Writer
}

// A verb is a row of the table of verbs. It takes from least to most arguments.
type verb struct {
	name, args  string
	least, most int
	do          func(call) error
}

// anyNumber lets a verb take as many arguments as the system allows.
const anyNumber = 1 << 30

var verbs = []verb{
	{"trusted", "", 0, 0, func(c call) error { return c.screen.Trusted() }},
	{"frame", "PID", 1, 1, withPID(printFrame)},
	{"click", "PID", 1, 1, withPID(func(c call, pid int) error { return click(c.screen, pid) })},
	{"menu", "PID", 1, 1, withPID(printMenu)},
	{"press", "PID TITLE [SUBTITLE]", 2, 3, withPID(func(c call, pid int) error { return press(c.screen, pid, c.args[1:]) })},
	{"escape", "", 0, 0, func(c call) error { return c.screen.Escape() }},
	{"differ", "PNG PNG", 2, 2, differ},
	{"await", "LOG TEXT MILLISECONDS CMD [ARG...]", 4, anyNumber, printAwaited},
}

// A usageError describes what is wrong with the arguments.
type usageError string

func (e usageError) Error() string { return string(e) }

// run runs one verb and returns the exit status.
func run(args []string, s screen, out, errOut io.Writer) int {
	err := dispatch(args, s, out, errOut)
	if err == nil {
		return 0
	}
	fmt.Fprintln(errOut, "probe:", err)
	if _, wrong := errors.AsType[usageError](err); wrong {
		return 2
	}
	return 1
}

func dispatch(args []string, s screen, out, errOut io.Writer) error {
	if len(args) == 0 {
		return usageError("no verb; one of " + names())
	}
	for _, v := range verbs {
		if v.name != args[0] {
			continue
		}
		if n := len(args) - 1; n < v.least || n > v.most {
			return usageError(strings.TrimSpace("usage: probe " + v.name + " " + v.args))
		}
		return v.do(call{args[1:], s, out, errOut})
	}
	return usageError(fmt.Sprintf("unknown verb %q; one of %s", args[0], names()))
}

func names() string {
	var all []string
	for _, v := range verbs {
		all = append(all, v.name)
	}
	return strings.Join(all, ", ")
}

// withPID returns a verb that reads its first argument as the number of a process.
func withPID(do func(c call, pid int) error) func(call) error {
	return func(c call) error {
		pid, err := strconv.ParseInt(c.args[0], 10, 32)
		if err != nil || pid <= 0 {
			return usageError(fmt.Sprintf("invalid process number %q", c.args[0]))
		}
		return do(c, int(pid))
	}
}
