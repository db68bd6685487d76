package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// A script runs a file of testdata/script in a world of its own. In the file, STORE is the store directory, STATE the state directory, and
// PROGRAMS the directory of lockbar.
type script struct {
	*world
	*testscript.TestScript
	background map[string]*background
	starts     bool // each lockbar command starts a process
}

// waiting lists the scripts that mostly wait for other processes, or for time. The lockbar commands of all others run in this process,
// except in the long form, in login, in the background, and where exitCode says so.
var waiting = []string{"daemon", "demo", "prompt", "run", "run-lock", "watch"}

// scriptCommands lists the commands of scripts besides testscript's own. Exit codes are promised, so every call of lockbar checks the exit
// code: it must be 0, or N in "code N lockbar ...".
var scriptCommands = map[string]func(s *script, args []string){
	"lockbar":     func(s *script, args []string) { s.exits(0, "lockbar", args...) },
	"code":        func(s *script, args []string) { s.exits(s.number(args[0]), args[1], args[2:]...) },
	"json":        (*script).json,
	"inorder":     (*script).inOrder,
	"install":     func(s *script, _ []string) { s.Setenv("INSTALLED", s.install()) },
	"writefile":   func(s *script, args []string) { s.Check(os.WriteFile(s.MkAbs(args[0]), []byte(args[1]), 0o600)) },
	"xml":         func(s *script, _ []string) { s.Check(xml.Unmarshal([]byte(s.ReadFile("stdout")), new(struct{}))) },
	"capture":     (*script).capture,
	"lock":        (*script).putLock,
	"peer":        (*script).peer,
	"daemon":      func(s *script, args []string) { s.setPID("DAEMON", daemon(s.t, append(args, s.dir)[0])) },
	"holder":      func(s *script, args []string) { s.setPID("HOLDER", holder(s.t, args...).Process.Pid) },
	"daemonstate": func(s *script, args []string) { s.writeDaemonState(s.number(args[0])) },
	"large": func(s *script, args []string) {
		s.Check(os.WriteFile(s.MkAbs(args[0]), make([]byte, lockcore.MaxSize+1), 0o600))
	},
	"dead":      func(s *script, _ []string) { s.setPID("DEAD", deadPID(s.t)) },
	"crash":     func(s *script, args []string) { s.crash(s.number(args[0])) },
	"gone":      func(s *script, args []string) { gone(s.t, s.number(args[0])) },
	"start":     (*script).start,
	"waitline":  (*script).waitLine,
	"interrupt": (*script).interrupt,
	"end":       (*script).end,
}

func TestScript(t *testing.T) {
	for name, file := range scripts(t) {
		if slices.Contains(waiting, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			runScript(t, file, name == "login" || testfs.Long()) // login needs the path of the program
		})
	}
}

// TestScriptThatWaits runs the other scripts. It is a test of its own, so that no other test waits for them. -run TestScript/NAME also finds
// these.
func TestScriptThatWaits(t *testing.T) {
	t.Parallel()
	for _, name := range waiting {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runScript(t, scripts(t)[name], true)
		})
	}
}

// scripts returns the files of testdata/script by their names without the extension.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	list := map[string]string{}
	for _, file := range files {
		list[strings.TrimSuffix(filepath.Base(file), ".txt")] = file
	}
	return list
}

func runScript(t *testing.T, file string, starts bool) {
	s := &script{background: map[string]*background{}, starts: starts}
	commands := map[string]func(*testscript.TestScript, bool, []string){}
	for name, do := range scriptCommands {
		commands[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("unsupported: ! %s", name)
			}
			s.TestScript = ts
			do(s, args)
		}
	}
	testscript.RunT(inPlace{t}, testscript.Params{
		Files: []string{file}, Cmds: commands, Condition: scriptCondition, Deadline: time.Now().Add(2 * hang),
		Setup: func(env *testscript.Env) error {
			s.world = worldAt(t, env.WorkDir)
			path := filepath.Dir(binary) + string(filepath.ListSeparator) + os.Getenv("PATH")
			env.Vars = slices.Concat(env.Vars, s.environment(), []string{"PATH=" + path, "STORE=" + s.dir, "STATE=" + s.state, "PROGRAMS=" + filepath.Dir(binary)})
			return nil
		},
	})
}

// inPlace runs the script in the current test, not in a subtest.
type inPlace struct{ *testing.T }

func (t inPlace) Run(_ string, f func(testscript.T)) { f(t) }
func (inPlace) Parallel()                            {}
func (inPlace) Verbose() bool                        { return testing.Verbose() }

func scriptCondition(name string) (bool, error) {
	if name == "links" { // wine's CreateSymbolicLink makes nothing and reports success
		link := filepath.Join(os.TempDir(), "link-"+strconv.FormatInt(time.Now().UnixNano(), 36))
		defer os.Remove(link)
		_ = os.Symlink(link, link)
		_, err := os.Readlink(link)
		return err == nil, nil
	}
	return false, errors.New("unknown condition " + name)
}

func (s *script) number(text string) int {
	n, err := strconv.Atoi(text)
	s.Check(err)
	return n
}

func (s *script) setPID(variable string, pid int) { s.Setenv(variable, strconv.Itoa(pid)) }

// exits runs a program that must end with this code.
func (s *script) exits(code int, program string, args ...string) {
	if got := s.exitCode(program, args); got != code {
		s.Fatalf("exit code %d, want %d", got, code)
	}
}

func (s *script) exitCode(program string, args []string) int {
	isTray := len(args) == 0
	if program == "lockbar" && !s.starts && !isTray && !slices.Contains(args, "run") { // run replaces the process
		r := inProcess(s.t, s.MkAbs("."), s.variables(), args)
		_, _ = io.WriteString(s.Stdout(), r.out)
		_, _ = io.WriteString(s.Stderr(), r.err)
		return r.code
	}
	if program == "lockbar" {
		program = binary
	}
	err := s.Exec(program, args...)
	if exited := (*exec.ExitError)(nil); errors.As(err, &exited) {
		return exited.ExitCode()
	}
	s.Check(err)
	return 0
}

// variables returns the environment of the script, for a lockbar that testscript does not start.
func (s *script) variables() []string {
	env := append(s.environment(), "LOCKBAR_CONFIG", "LOCKBAR_MACHINE_ID")
	for i, v := range env {
		name, _, _ := strings.Cut(v, "=")
		env[i] = name + "=" + s.Getenv(name)
	}
	return env
}

// json compares PATH=VALUE with the JSON in standard output. If standard output has several values, they form an array.
func (s *script) json(args []string) {
	var lines []any
	for d := json.NewDecoder(strings.NewReader(s.ReadFile("stdout"))); d.More(); {
		var v any
		s.Check(d.Decode(&v))
		lines = append(lines, v)
	}
	for _, arg := range args {
		path, want, _ := strings.Cut(arg, "=")
		var from any = lines
		if len(lines) == 1 {
			from = lines[0]
		}
		if got := jsonText(jsonAt(from, path)); got != want {
			s.Fatalf("%s is %s, want %s", path, got, want)
		}
	}
}

// jsonAt returns the value at a path such as "conflicts.0.path", or the string "nothing" if there is none. The step "#" is the length of
// an array.
func jsonAt(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			found, ok := at[step]
			if !ok {
				return "nothing"
			}
			v = found
		case []any:
			if step == "#" {
				return len(at)
			}
			if i, err := strconv.Atoi(step); err == nil && i < len(at) {
				v = at[i]
				continue
			}
			return "nothing"
		default:
			return "nothing"
		}
	}
	return v
}

func jsonText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	data, _ := json.Marshal(v)
	return string(data)
}

// inOrder checks that the lines of a file are in standard output, in order. Other text may be between them.
func (s *script) inOrder(args []string) {
	rest := s.ReadFile("stdout")
	for line := range strings.Lines(s.ReadFile(args[0])) {
		part := strings.TrimSuffix(os.Expand(line, s.Getenv), "\n")
		_, after, found := strings.Cut(rest, part)
		if !found {
			s.Fatalf("no %q after the lines before it", part)
		}
		rest = after
	}
}

// capture sets VARIABLE to what the group of PATTERN matches in standard output.
func (s *script) capture(args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(s.ReadFile("stdout"))
	if found == nil {
		s.Fatalf("no %s", args[1])
	}
	s.Setenv(args[0], found[1])
}

// putLock writes a lock: HOST PID [FILE [AGE]].
func (s *script) putLock(args []string) {
	name, age := ".locked", time.Duration(0)
	if len(args) > 2 {
		name = args[2]
	}
	if len(args) > 3 {
		var err error
		age, err = time.ParseDuration(args[3])
		s.Check(err)
	}
	s.write(name, lockcore.NewRecord(s.number(args[1]), args[0], time.Now().Add(-age)).Encode())
}

// peer writes the file of a computer: HOST ID [pid=N] [since=AGE] [started=TEXT] [ended] [gone=TOKEN].
func (s *script) peer(args []string) {
	p := peerFile{host: args[0], id: args[1]}
	for _, arg := range args[2:] {
		switch name, value, _ := strings.Cut(arg, "="); name {
		case "pid":
			p.daemon.PID = s.number(value)
			p.daemon.StartedAt = startedAt(0)
		case "since":
			age, err := time.ParseDuration(value)
			s.Check(err)
			p.daemon.StartedAt = startedAt(age)
		case "started":
			p.daemon.StartedAt = value
		case "ended":
			p.ended = true
		case "gone":
			p.gone = append(p.gone, lockcore.Token(value))
		}
	}
	s.writePeer(p)
}

// crash kills a process and waits for its end.
func (s *script) crash(pid int) {
	p, err := os.FindProcess(pid)
	s.Check(err)
	s.Check(p.Kill())
	gone(s.t, pid)
}

// A background is a lockbar that runs while the script continues.
type background struct {
	cmd    *exec.Cmd
	in     io.Closer
	lines  chan string
	output bytes.Buffer
}

// start runs NAME lockbar [ARG...]: lockbar in the background, under a name. waitline reads its output, which interrupt and end print.
func (s *script) start(args []string) {
	cmd := s.command(args[2:]...)
	cmd.Dir, cmd.Env = s.MkAbs("."), s.variables()
	in, err := cmd.StdinPipe()
	s.Check(err)
	out, err := cmd.StdoutPipe()
	s.Check(err)
	s.Check(cmd.Start())
	b := &background{cmd: cmd, in: in, lines: make(chan string, 1000)}
	go func() {
		defer close(b.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			b.lines <- scan.Text()
		}
	}()
	s.background[args[0]] = b
	s.Defer(func() { _ = cmd.Process.Kill() }) // if the script fails before the end
}

// waitLine reads the output of NAME until a line matches PATTERN. If PATTERN has a group, it sets MATCH to what the group matched.
func (s *script) waitLine(args []string) {
	pattern := regexp.MustCompile(args[1])
	b := s.background[args[0]]
	for {
		line, ok := b.next()
		if !ok {
			s.Fatalf("no %s in %q", pattern, b.output.String())
		}
		if found := pattern.FindStringSubmatch(line); found != nil {
			if len(found) > 1 {
				s.Setenv("MATCH", found[1])
			}
			return
		}
	}
}

func (b *background) next() (string, bool) {
	select {
	case line, ok := <-b.lines:
		if ok {
			b.output.WriteString(line + "\n")
		}
		return line, ok
	case <-time.After(patience):
		return "", false
	}
}

// interrupt interrupts NAME, which must end with 0. On Windows, where no signal can be sent to one process, it kills NAME.
func (s *script) interrupt(args []string) {
	b, code := s.background[args[0]], "0"
	if runtime.GOOS == "windows" {
		s.Check(b.cmd.Process.Kill())
		code = "1"
	} else {
		s.Check(b.cmd.Process.Signal(os.Interrupt))
	}
	s.end(append(args, code))
}

// end closes the input of NAME, which must end with CODE.
func (s *script) end(args []string) {
	b := s.background[args[0]]
	_ = b.in.Close()
	for ok := true; ok; {
		_, ok = b.next()
	}
	_ = b.cmd.Wait()
	_, _ = s.Stdout().Write(b.output.Bytes())
	if got := b.cmd.ProcessState.ExitCode(); got != s.number(args[1]) {
		s.Fatalf("%s: exit code %d, want %s", args[0], got, args[1])
	}
}

// TestScriptsProveWhatIsPromised checks that the quotation of each script is still in README.md or in the help.
func TestScriptsProveWhatIsPromised(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	testfs.Check(t, err)
	promises := map[string]string{"README": spaced(string(readme))}
	for _, c := range everyCommand(Root()) {
		promises["help "+c.Name()] = spaced(helpText(t, c))
	}
	files, _ := filepath.Glob(filepath.Join("testdata", "script", "*.txt"))
	for _, file := range files {
		source, promise := quotation(t, file)
		if text, known := promises[source]; !known || promise == "" || !strings.Contains(text, promise) {
			t.Errorf("%s: %q does not contain %q; the known sources are %q", file, source, promise, slices.Sorted(maps.Keys(promises)))
		}
	}
}

// quotation returns the first comment of a script: "# README: PROMISE", or "# help status: ...".
func quotation(t *testing.T, file string) (source, promise string) {
	t.Helper()
	data, err := os.ReadFile(file)
	testfs.Check(t, err)
	head, _, _ := strings.Cut(string(data), "\n\n")
	source, promise, _ = strings.Cut(spaced(strings.ReplaceAll("\n"+head, "\n# ", " ")), ": ")
	return source, promise
}

func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }
