package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lockbar/internal/cli"
	"lockbar/internal/testfs"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// TestManHasAllCommands checks that the page has every command, with its own flags, that --help shows, and none that it hides.
func TestManHasAllCommands(t *testing.T) {
	out := t.TempDir() + "/lockbar.1"
	mustRun(t, "man", "1.2.3", out)
	page := read(t, out)
	commands := 0
	for _, c := range cli.Root().Commands() {
		shown := c.IsAvailableCommand() && c.Name() != "help"
		if got := strings.Contains(page, ".SS "+quoted("lockbar "+c.Use)); got != shown {
			t.Errorf("%s: in the page %v, want %v", c.Name(), got, shown)
		}
		if shown {
			commands++
			checkFlags(t, page, c)
		}
	}
	if commands < 5 {
		t.Errorf("only %d commands: the tree was not read", commands)
	}
	if !strings.Contains(page, `.SS "lockbar completion `) {
		t.Error("no completion, which cobra adds")
	}
}

// TestManExplains checks that the page tells a newcomer what Lockbar is, what the icon means and what to type.
func TestManExplains(t *testing.T) {
	out := t.TempDir() + "/lockbar.1"
	mustRun(t, "man", "1.2.3", out)
	page := read(t, out)
	at := 0
	for _, part := range []string{".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", "memory for coding assistants", ".SH COMMANDS", ".SH OPTIONS",
		".SH ENVIRONMENT", ".SH FILES", ".SH EXIT STATUS", ".SH EXAMPLES", ".SH SEE ALSO"} {
		i := strings.Index(page[at:], part)
		if i < 0 {
			t.Fatalf("no %q, or not in its place", part)
		}
		at += i
	}
	for _, m := range cli.Meanings() {
		if !strings.Contains(page, ".B "+roff(m.State.String())+"\n"+roff(words.Capital(words.SignOf(m.State).Shape))) {
			t.Errorf("the page does not explain the icon of %v", m.State)
		}
	}
	if len(cli.Meanings()) != len(lockcore.States()) {
		t.Error("a state is not explained")
	}
	for _, c := range cli.Root().Commands() {
		for line := range strings.Lines(c.Example) {
			if !c.Hidden && !strings.Contains(page, roff(strings.TrimSpace(line))) {
				t.Errorf("%s: no example %q", c.Name(), line)
			}
		}
	}
	if groff, err := exec.LookPath("groff"); err == nil { // a build does not need it
		said, err := exec.Command(groff, "-man", "-Tutf8", "-ww", "-z", out).CombinedOutput()
		if err != nil || len(said) > 0 {
			t.Errorf("groff: %v\n%s", err, said)
		}
	}
}

// TestReadmeDescribesTheIcons checks that README names each state, and describes its icon as the demo and the manual do, but without
// the article at the beginning.
func TestReadmeDescribesTheIcons(t *testing.T) {
	readme := read(t, "README.md")
	for _, state := range lockcore.States() {
		if !strings.Contains(readme, "| `"+state.String()+"` |") {
			t.Errorf("the README does not name %v", state)
		}
		shape := strings.TrimPrefix(strings.TrimPrefix(words.SignOf(state).Shape, "a "), "an ")
		if !strings.Contains(readme, `icons/notification/`+state.String()+`.png" width="32" alt="`+shape+`"`) {
			t.Errorf("the README does not show %v as %q", state, shape)
		}
	}
}

func checkFlags(t *testing.T, page string, c *cobra.Command) {
	t.Helper()
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		want := !f.Hidden && f.Name != "help"
		if got := strings.Contains(page, `\fB`+roff("--"+f.Name)+`\fR`); got != want {
			t.Errorf("%s --%s: in the page %v, want %v", c.Name(), f.Name, got, want)
		}
	})
}

// readVariable matches the environment variables that our code reads: by a call, by a constant that is passed to one, or as the Windows
// variable of a machine.Place.
var readVariable = regexp.MustCompile(`\b(?:(?:Getenv|LookupEnv|env)\(|Place\{)"(\w+)"|"((?:LOCKBAR|IAI_MCP|XDG)_[A-Z_]+)"`)

// TestManHasAllVariables checks that the page names every environment variable that our code reads, as SECURITY.md says.
func TestManHasAllVariables(t *testing.T) {
	_, environment, _ := strings.Cut(manTail, ".SH ENVIRONMENT")
	environment, files, _ := strings.Cut(environment, ".SH FILES")
	found := map[string]bool{}
	for _, source := range programSources(t) {
		for _, match := range readVariable.FindAllStringSubmatch(read(t, source), -1) {
			found[first(match[1], match[2])] = true
		}
	}
	for name := range found {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(environment) {
			t.Errorf("the page does not name %s", name)
		}
	}
	explained := map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^\.BR? .*`).FindAllString(environment, -1) {
		for _, name := range regexp.MustCompile(`\b[A-Z_]{3,}\b`).FindAllString(line, -1) {
			if explained[name] {
				t.Errorf("the page explains %s twice", name)
			}
			explained[name] = true
		}
	}
	for _, name := range []string{"IAI_MCP_STORE", "LOCKBAR_CONFIG", "XDG_STATE_HOME", "LocalAppData", "SSH_TTY"} {
		if !found[name] {
			t.Errorf("%s is not found in the code: readVariable must be wrong", name)
		}
	}
	if !strings.Contains(files, "config.json") {
		t.Error("no config.json among the files")
	}
}

// programOrFile matches the programs that our code names where it runs them, and its files in the directory for temporary files.
var programOrFile = regexp.MustCompile(`exec\.Command(?:Context)?\((?:\w+, )?"([^"]+)"|os\.(?:Create|Mkdir)Temp\("", "([^"]+)"`)

// TestSecurityNamesWhatIsRunAndWritten checks that SECURITY.md names every program and temporary file that programOrFile finds.
func TestSecurityNamesWhatIsRunAndWritten(t *testing.T) {
	page := read(t, "packaging", "SECURITY.md")
	found := 0
	for _, source := range programSources(t) {
		for _, match := range programOrFile.FindAllStringSubmatch(read(t, source), -1) {
			name := strings.TrimSuffix(first(match[1], match[2]), "-*")
			found++
			if !strings.Contains(page, "`"+name) {
				t.Errorf("%s: SECURITY.md does not name %s", source, name)
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d programs and files are found in the code: programOrFile must be wrong", found)
	}
}

// programSources returns our own files, for all systems, of the packages that are linked into lockbar on this system.
func programSources(t *testing.T) []string {
	t.Helper()
	files, err := ourFiles()
	testfs.Check(t, err)
	return files
}

var ourFiles = sync.OnceValues(func() (files []string, err error) {
	const ours = `{{with .Module}}{{if .Main}}{{$.Dir}}{{end}}{{end}}`
	out, err := exec.Command("go", "list", "-deps", "-f", ours, ".").Output()
	if err != nil {
		return nil, err
	}
	for dir := range strings.Lines(string(out)) {
		sources, err := filepath.Glob(filepath.Join(strings.TrimSpace(dir), "*.go"))
		if err != nil {
			return nil, err
		}
		files = append(files, sources...)
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") }), nil
})

func TestRoff(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "--json": `\-\-json`, `a\b`: `a\eb`, ".locked": `\&.locked`, "'x": `\&'x`,
	} {
		if got := roff(in); got != want {
			t.Errorf("roff(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestChangelogNamesAllCommands checks that the changelog has the name of every command.
func TestChangelogNamesAllCommands(t *testing.T) {
	words := strings.FieldsFunc(read(t, "packaging/CHANGELOG.md"), func(r rune) bool { return r < 'a' || r > 'z' })
	for _, c := range cli.Root().Commands() {
		if c.IsAvailableCommand() && !slices.Contains(words, c.Name()) {
			t.Errorf("the changelog does not name %s", c.Name())
		}
	}
}
