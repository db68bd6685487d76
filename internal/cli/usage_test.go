package cli

import (
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lockbar/internal/demo"
)

// everyCommand returns all commands of the tree.
func everyCommand(c *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		list = append(list, everyCommand(sub)...)
	}
	return list
}

// wordsOf returns the words that call a command, without the program's name.
func wordsOf(c *cobra.Command) []string { return strings.Fields(c.CommandPath())[1:] }

// call calls a command in this process. Its callers pass wrong arguments or ask for help, so the command never does its work.
func call(t *testing.T, args ...string) result {
	t.Helper()
	return inProcess(t, ".", []string{"IAI_MCP_STORE=" + os.TempDir()}, args)
}

// TestWrongUsage checks that the errors for wrong usage have the same form in every command.
func TestWrongUsage(t *testing.T) {
	for _, c := range everyCommand(Root()) {
		calls := [][]string{{"--no-such-flag"}, {"-Z"}, {"--store"}, {"--verbose=maybe"}, {"--=x"}, {"--hostname"}}
		if c.Name() != "run" && c.Name() != mindCommand && c.Name() != "completion" { // these accept any words, or pass them on
			calls = append(calls, append(enough(c), "surplus"))
		}
		if len(enough(c)) > 0 {
			calls = append(calls, nil)
		}
		calls = append(calls, together(c)...)
		for _, wrong := range calls {
			args := append(wordsOf(c), wrong...)
			r := call(t, args...)
			code, output := r.code, r.err
			if code != exitUsage || !strings.HasPrefix(output, "lockbar: ") || strings.Count(output, "\n") != 1 ||
				!strings.HasSuffix(output, "(see "+helpOf(c)+")\n") {
				t.Errorf("%q: %d, %q", args, code, output)
			}
			if i := slices.IndexFunc(rawWords, func(raw string) bool { return strings.Contains(output, raw) }); i >= 0 {
				t.Errorf("%q: %q contains %q, a word for programmers", args, output, rawWords[i])
			}
		}
	}
}

// together returns calls with pairs of flags that exclude each other.
func together(c *cobra.Command) (calls [][]string) {
	const annotation = "cobra_annotation_mutually_exclusive"
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		for _, group := range f.Annotations[annotation] {
			if !strings.HasPrefix(group, f.Name+" ") {
				continue // each flag of the group has this annotation
			}
			var call []string
			for name := range strings.FieldsSeq(group) {
				call = append(call, "--"+name)
				if c.Flags().Lookup(name).NoOptDefVal == "" {
					call = append(call, "1") // valid for a number and for a word
				}
			}
			calls = append(calls, call)
		}
	})
	return calls
}

// enough returns the arguments that a command requires.
func enough(c *cobra.Command) []string {
	switch c.CommandPath() {
	case "lockbar run", "lockbar " + mindCommand:
		return []string{"true"}
	case "lockbar login", "lockbar daemon":
		return []string{"status"}
	case "lockbar ask":
		return []string{"mac-mini"}
	case "lockbar completion":
		return []string{"bash"}
	case "lockbar " + demo.HolderCommand:
		return slices.Repeat([]string{"x"}, demo.HolderArgs)
	}
	return nil
}

// TestEveryFlagIsSuggested types every flag without its last letter, and in capitals.
func TestEveryFlagIsSuggested(t *testing.T) {
	for _, c := range everyCommand(Root()) {
		if c.Hidden || c.CommandPath() == "lockbar completion" {
			continue
		}
		c.InitDefaultHelpFlag()
		for _, name := range append(strings.Split(flagNames(c.LocalFlags()), ", "), "--store", "--state-dir") {
			for _, typed := range []string{name[:len(name)-1], strings.ToUpper(name)} {
				if typed == "--" || c.Flags().Lookup(typed[2:]) != nil {
					continue
				}
				r := call(t, append(wordsOf(c), typed)...)
				if r.code != exitUsage || !strings.Contains(r.err, "did you mean "+name+"?") {
					t.Errorf("%s %s: %+v", c.CommandPath(), typed, r)
				}
			}
		}
	}
}

func TestSuggestions(t *testing.T) {
	for line, want := range map[string]string{
		"statsu":                  `unknown command "statsu": did you mean status? (see lockbar --help)`,
		"Status":                  `unknown command "Status": did you mean status? (see lockbar --help)`,
		"hist":                    `unknown command "hist": did you mean history? (see lockbar --help)`,
		"remove":                  `unknown command "remove": did you mean unlock? (see lockbar --help)`,
		"daemon":                  `missing argument for "daemon": stop, start or status (see lockbar daemon --help)`,
		"Daemon Start":            `unknown command "Daemon": did you mean daemon? (see lockbar --help)`,
		"stop":                    `unknown command "stop"; to stop the daemon: lockbar daemon stop (see lockbar --help)`,
		"Start":                   `unknown command "Start"; to start the daemon: lockbar daemon start; to show the icon: lockbar (see lockbar --help)`,
		"daemon restart":          `unknown argument "restart" for "daemon": did you mean start? (see lockbar daemon --help)`,
		"daemon stop --json":      `--json works only with daemon status (see lockbar daemon --help)`,
		"ver":                     `unknown command "ver": did you mean version? (see lockbar --help)`,
		"staaatus":                `unknown command "staaatus": did you mean status? (see lockbar --help)`,
		"staaaatus":               `unknown command "staaaatus" (see lockbar --help)`,
		"wa":                      `unknown command "wa" (see lockbar --help)`,
		"-- status":               `unexpected -- before the command "status" (see lockbar --help)`,
		"xyzzy":                   `unknown command "xyzzy" (see lockbar --help)`,
		"status --jsn":            `unknown flag --jsn for "status": did you mean --json? (see lockbar status --help)`,
		"--jsn status":            `unknown flag --jsn for "status": did you mean --json? (see lockbar status --help)`,
		"status -json":            `unknown flag -json for "status": did you mean --json? (see lockbar status --help)`,
		"status json":             `unexpected argument "json" for "status": did you mean --json? (see lockbar status --help)`,
		"-version":                `unknown flag -version: did you mean --version? (see lockbar --help)`,
		"--json":                  `unknown flag --json: did you mean lockbar status --json? (see lockbar --help)`,
		"--quiet":                 `unknown flag --quiet (see lockbar --help)`,
		"login enble":             `unknown argument "enble" for "login": did you mean enable? (see lockbar login --help)`,
		"login":                   `missing argument for "login": enable, disable or status (see lockbar login --help)`,
		"completion fsh":          `unknown argument "fsh" for "completion": did you mean fish? (see lockbar completion --help)`,
		"completion tcshell":      `unknown argument "tcshell" for "completion": use bash, zsh, fish or powershell (see lockbar completion --help)`,
		"help staus":              `unknown command "staus": did you mean status? (see lockbar help --help)`,
		"help login enble":        `unknown argument "enble" for "login": did you mean enable? (see lockbar help --help)`,
		"run":                     `missing command for "run": lockbar run [--take-over] -- CMD [ARG...] (see lockbar run --help)`,
		"history --lines x":       `invalid value "x" for --lines: not a number (see lockbar history --help)`,
		"history -n 1.5":          `invalid value "1.5" for --lines: not a whole number (see lockbar history --help)`,
		"history -n 1e":           `invalid value "1e" for --lines: not a number (see lockbar history --help)`,
		"history -n":              `missing value for -n (see lockbar history --help)`,
		"status --json=x":         `invalid value "x" for --json: not true or false (see lockbar status --help)`,
		"unlock --copies --force": `--copies and --force cannot be given together (see lockbar unlock --help)`,
		"history --html --json":   `--html and --json cannot be given together (see lockbar history --help)`,
	} {
		if r := call(t, strings.Fields(line)...); r != (result{"", "lockbar: " + want + "\n", exitUsage}) {
			t.Errorf("lockbar %s: %+v\nwant %q", line, r, want)
		}
	}
}

// TestHelp checks that each command has help whose paragraphs fit a terminal and break no command, and that help COMMAND and COMMAND --help
// print the same.
func TestHelp(t *testing.T) {
	for _, c := range everyCommand(Root()) {
		if c.Hidden {
			continue
		}
		asked, flagged := call(t, append([]string{"help"}, wordsOf(c)...)...).want(t, 0).out, helpText(t, c)
		if asked != flagged || !strings.Contains(asked, "\nUsage:\n  lockbar") {
			t.Errorf("%s: help and --help differ, or lack the usage:\n%s\n%s", c.CommandPath(), asked, flagged)
		}
		if c.Parent() != nil && c.Parent().Name() == "completion" {
			continue // cobra's text has long command lines
		}
		for line := range strings.Lines(asked) {
			if len([]rune(line)) > helpWidth+1 && !strings.HasPrefix(line, "  ") {
				t.Errorf("%s: more than %d columns: %q", c.CommandPath(), helpWidth, line)
			}
		}
		if found := brokenCommand.FindString(asked); found != "" {
			t.Errorf("%s: a command is broken into lines: %q", c.CommandPath(), found)
		}
	}
}

func helpText(t *testing.T, c *cobra.Command) string {
	t.Helper()
	return call(t, append(wordsOf(c), "--help")...).want(t, 0).out
}

// brokenCommand matches a command that continues in the next line. Users copy commands, so they must stay whole.
var brokenCommand = func() *regexp.Regexp {
	var names []string
	for _, c := range Root().Commands() {
		names = append(names, c.Name())
	}
	one := strings.Join(names, "|")
	return regexp.MustCompile(`\blockbar\n(?:` + one + `)\b|\b(?:` + one + `)\n--?\w+`)
}()

// TestHelpOfTheProgram checks the beginning and the end of the help, and that it lists every command except the hidden ones.
func TestHelpOfTheProgram(t *testing.T) {
	out := call(t, "--help").want(t, 0).out
	at := 0
	for _, part := range []string{"Lockbar shows who uses", "iai-mcp is a memory for coding assistants", "Usage:", "To look", "To change", "Examples:",
		"Flags", "The config file is", "paused_until"} {
		i := strings.Index(out[at:], part)
		if i < 0 {
			t.Fatalf("no %q, or not in its place, in\n%s", part, out)
		}
		at += i
	}
	for _, c := range Root().Commands() {
		if listed := strings.Contains(out, "\n  "+c.Name()+" "); listed == c.Hidden {
			t.Errorf("%s is listed in the help: %v", c.Name(), listed)
		}
	}
}

func TestVersionByFlagAndCommand(t *testing.T) {
	w := newWorld(t)
	command, flag := w.here("version").want(t, 0), w.here("--version").want(t, 0)
	if command.out != flag.out || !strings.HasPrefix(command.out, "lockbar ") || !strings.Contains(command.out, runtime.Version()) {
		t.Errorf("%q and %q", command.out, flag.out)
	}
}

func TestProgramsThatCannotRun(t *testing.T) {
	w := newWorld(t)
	if got := w.here("run", "--", "lockbar-no-such").want(t, exitNotFound).err; !strings.HasPrefix(got, "lockbar: cannot run lockbar-no-such: no such program in ") {
		t.Errorf("%q", got)
	}
	if got := w.here("run", "--", w.root+"/no").want(t, exitNotFound).err; !strings.HasSuffix(got, ": does not exist\n") && runtime.GOOS != "windows" {
		t.Errorf("%q", got)
	}
}
