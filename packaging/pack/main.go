// Pack makes the parts of a release that no standard tool makes: filled-in templates, the Mac's icon, the manual page, the completions, the
// SBOM. Its output depends only on its arguments, the repository, SOURCE_DATE_EPOCH, LOCKBAR_SOURCE_URL and LOCKBAR_SOURCE_SHA256, never on
// the machine, its clock or the time zone.
//
//	go run ./packaging/pack COMMAND ARGS...
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"lockbar/internal/cli"
)

// A command makes one file or text. args is shown in the usage.
type command struct {
	args string
	run  func(args []string) error
}

var commands = map[string]command{
	"id":         {"", printID},
	"stamp":      {"VERSION TEMPLATE OUT", stampFile},
	"icns":       {"ICONDIR OUT", makeICNS},
	"man":        {"VERSION OUT", makeMan},
	"completion": {"SHELL", printCompletion},
	"sbom":       {"VERSION OUT BINARY...", makeSBOM},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return usage()
	}
	c, ok := commands[args[0]]
	if !ok || !c.accepts(len(args)-1) {
		return usage()
	}
	return c.run(args[1:])
}

// accepts reports whether the number of arguments matches the usage, in which a final ... stands for one or more.
func (c command) accepts(n int) bool {
	want := len(strings.Fields(c.args))
	return n == want || n > want && strings.HasSuffix(c.args, "...")
}

func usage() error {
	var lines []string
	for name, c := range commands {
		lines = append(lines, strings.TrimRight("  pack "+name+" "+c.args, " "))
	}
	sort.Strings(lines)
	return fmt.Errorf("usage:\n%s", strings.Join(lines, "\n"))
}

// printCompletion runs the program's own command here: a built program may be for another system.
func printCompletion(args []string) error {
	root := cli.Root()
	root.SetArgs([]string{"completion", args[0]})
	return root.Execute()
}

// write writes a file and makes its directory. Modes are explicit, so that a release does not depend on the umask.
func write(path string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, data, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}
