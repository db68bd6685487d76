package lockcore

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

const title = DaemonTitle

// titleOf returns the title of a daemon of 3.x that serves a store.
func titleOf(store string) string { return title + titleStore + store }

// argumentsOf parses an argument vector, and leaves out the length of the title.
func argumentsOf(argv []string) arguments {
	a := parseArguments(argv)
	a.title = 0
	return a
}

// argv splits a line at blanks.
func argv(line string) []string { return strings.Fields(line) }

var (
	storeDir = testfs.Abs("/home/jo/.iai-mcp")

	someProgram = arguments{kind: OtherProgram}
	plainDaemon = arguments{kind: Daemon}
)

func titled(store string, whole, alone bool) arguments {
	return arguments{kind: Daemon, titled: true, whole: whole, alone: alone, store: store}
}

func runOf(store string) arguments {
	return arguments{kind: LockbarRun, store: store}
}

// argvRows lists argument vectors as they are: argv could not make most of them from a line.
var argvRows = []struct {
	name string
	argv []string
	want arguments
}{
	{"3.x", []string{titleOf(storeDir)}, titled(storeDir, false, true)},
	{"3.x, padded", []string{titleOf(storeDir), "", ""}, titled(storeDir, true, false)},
	{"3.x, padded far", []string{titleOf(storeDir), "", "", "", ""}, titled(storeDir, true, false)},
	{"3.x, as a cut title is padded", []string{titleOf(storeDir), ""}, titled(storeDir, false, false)},
	{"3.x, given to exec with arguments", []string{titleOf(storeDir), "--x"}, titled(storeDir, true, false)},
	{"3.x, what macOS shows after the environment", []string{titleOf(storeDir), "", "executable_path=/x"}, titled(storeDir, false, false)},
	{"3.x, store with blanks", []string{titleOf(storeDir + "/my store "), "", ""}, titled(storeDir+"/my store ", true, false)},
	{"3.x, store that names a store", []string{titleOf(storeDir + " store=/x")}, titled(storeDir+" store=/x", false, true)},
	{"3.x, relative store", []string{titleOf("store")}, titled("", false, true)},
	{"3.x, empty store", []string{titleOf("")}, titled("", false, true)},
	{"2.x", []string{title}, titled("", false, true)},
	{"2.x, padded", []string{title, "", ""}, titled("", true, false)},
	{"something else after the title", []string{title + " since 10:00"}, titled("", false, true)},
	{"cut in the word store", []string{title + " sto"}, titled("", false, true)},
	{"cut in the module", []string{"iai lilli (iai_mc"}, titled("", false, true)},
	{"cut after the parenthesis", []string{"iai lilli ("}, titled("", false, true)},
	{"cut too short", []string{"iai lilli "}, someProgram},
	{"another title", []string{"iai lilli (iai_mcp.bench)"}, someProgram},
	{"longer word", []string{title + "x"}, someProgram},
	{"upper case", []string{strings.ToUpper(title)}, someProgram},
	{"blank before", []string{" " + title}, someProgram},
	{"split at blanks", argv(title), someProgram},

	// Commands that only mention the daemon, here with blanks in an argument, and vectors with nothing in them.
	{"shell", []string{"bash", "-c", "exec python3 -m iai_mcp.daemon"}, someProgram},
	{"shell script of one line", []string{"python3 -m iai_mcp.daemon"}, someProgram},
	{"pgrep for the title", []string{"pgrep", "-f", title}, someProgram},
	{"pgrep for the whole title", []string{"pgrep", "-f", titleOf(storeDir)}, someProgram},
	{"tail of a file with the title's name", []string{"tail", "-f", title}, someProgram},
	{"an empty name before the title", []string{"", title}, someProgram},
	{"module with a blank", []string{"python3", "-m", " iai_mcp.daemon"}, someProgram},
	{"nothing", []string{}, someProgram},
	{"an empty name", []string{""}, someProgram},

	{"run with its store", []string{"lockbar", RunArgument, storeDir, "run", "--", "true"}, runOf(storeDir)},
	{"run without the store, as before", []string{"lockbar", RunArgument, "run", "--", "true"}, runOf("")},
	{"run, nothing after its argument", []string{"lockbar", RunArgument}, runOf("")},
	{"run with a relative store", []string{"lockbar", RunArgument, "store"}, runOf("")},
	{"run, whatever the program is called", []string{"lb", RunArgument, storeDir}, runOf(storeDir)},
	{"run of a daemon", []string{"lockbar", RunArgument, storeDir, "run", "--", "python3", "-m", DaemonModule}, runOf(storeDir)},
}

var commandRows = []struct {
	name, line string
	want       arguments
}{
	{"python3", "python3 -m iai_mcp.daemon", plainDaemon},
	{"launcher of Windows", `C:\Windows\py.exe -3.12 -m iai_mcp.daemon`, plainDaemon},
	{"with arguments", "python3 -m iai_mcp.daemon --verbose -c x", plainDaemon},
	{"options before", "python3 -u -B -m iai_mcp.daemon", plainDaemon},
	{"grouped options", "python3 -uBIm iai_mcp.daemon", plainDaemon},
	{"module in one argument with its option", "python3 -miai_mcp.daemon", plainDaemon},
	{"module in one argument with a group", "python3 -uBmiai_mcp.daemon", plainDaemon},
	{"-X with its value", "python3 -X dev -m iai_mcp.daemon", plainDaemon},
	{"-X and its value in one", "python3 -Xdev -m iai_mcp.daemon", plainDaemon},
	{"-X at the end of a group", "python3 -uX dev -m iai_mcp.daemon", plainDaemon},
	{"-W with its value", "python3 -W ignore -m iai_mcp.daemon", plainDaemon},
	{"-W whose value looks like an option", "python3 -W -c -m iai_mcp.daemon", plainDaemon},
	{"-W that holds an m", "python3 -Wmodule -m iai_mcp.daemon", plainDaemon},
	{"long option with its value", "python3 --check-hash-based-pycs default -m iai_mcp.daemon", plainDaemon},
	{"long option whose value is left out", "python3 --check-hash-based-pycs -m iai_mcp.daemon", someProgram},
	{"another long option", "python3 --help-env -m iai_mcp.daemon", plainDaemon},

	{"no module", "python3", someProgram},
	{"module left out", "python3 -m", someProgram},
	{"another module", "python3 -m iai_mcp", someProgram},
	{"longer module", "python3 -m iai_mcp.daemon2", someProgram},
	{"submodule", "python3 -m iai_mcp.daemon.x", someProgram},
	{"a module that gets it as an argument", "python3 -m pdb -m iai_mcp.daemon", someProgram},
	{"-m is the value of -X", "python3 -X -m iai_mcp.daemon", someProgram},
	{"-m is the value of -W", "python3 -uW -m iai_mcp.daemon", someProgram},
	{"a command", "python3 -c import_x -m iai_mcp.daemon", someProgram},
	{"a command in one argument with its option", "python3 -cpass -m iai_mcp.daemon", someProgram},
	{"a script", "python3 script.py -m iai_mcp.daemon", someProgram},
	{"a script named like the module", "python3 iai_mcp.daemon", someProgram},
	{"standard input", "python3 - -m iai_mcp.daemon", someProgram},
	{"end of the options", "python3 -- -m iai_mcp.daemon", someProgram},
	{"a program whose name ends like Python's", "ipython3 -m iai_mcp.daemon", someProgram},

	{"tail", "tail -f iai_mcp.daemon.log", someProgram},
	{"grep", "grep -r iai_mcp.daemon .", someProgram},
	{"ssh", "ssh mac-b python3 -m iai_mcp.daemon", someProgram},
	{"docker", "docker exec -it c python3 -m iai_mcp.daemon", someProgram},
	{"sudo", "sudo python3 -m iai_mcp.daemon", someProgram},
	{"env", "env X=1 python3 -m iai_mcp.daemon", someProgram},
	{"editor", "vim iai_mcp/daemon.py iai_mcp.daemon", someProgram},
	{"uv", "uv run python -m iai_mcp.daemon", someProgram},
	{"nohup", "nohup python3 -m iai_mcp.daemon", someProgram},
	{"the module as a program", "iai_mcp.daemon", someProgram},
	{"-m of another program", "wait -m iai_mcp.daemon", someProgram},
	{"a program in a directory named python", "/opt/python3/tool -m iai_mcp.daemon", someProgram},
	{"the control program", "iai-mcp daemon start", someProgram},

	{"lockbar that runs nothing", "lockbar status", someProgram},
	{"a command of run has the argument", "lockbar run -- --as=iai_mcp.daemon", someProgram},
	{"run, the argument not first", "lockbar -v --as=iai_mcp.daemon", someProgram},
	{"run for another module", "lockbar --as=iai_mcp.daemons /s run", someProgram},
}

func TestClaim(t *testing.T) {
	for _, c := range argvRows {
		if got := argumentsOf(c.argv); got != c.want {
			t.Errorf("%s: %q is %+v", c.name, c.argv, got)
		}
	}
	for _, c := range commandRows {
		if got := argumentsOf(argv(c.line)); got != c.want {
			t.Errorf("%s: %q is %+v", c.name, c.line, got)
		}
	}
	if got := argumentsOf(nil); got != (arguments{}) {
		t.Errorf("unreadable arguments are %+v", got)
	}
}

func TestKindOf(t *testing.T) {
	for command, want := range map[string]ProcessKind{
		"":                                       UnknownKind,
		" ":                                      OtherProgram,
		title:                                    Daemon,
		titleOf("/a b"):                          Daemon,
		"iai lilli (iai_mcp":                     Daemon,
		"python3 -m iai_mcp.daemon":              Daemon,
		"lockbar --as=iai_mcp.daemon /s run":     LockbarRun,
		"ssh mac-b python3 -m iai_mcp.daemon":    OtherProgram,
		"pgrep -f " + title:                      OtherProgram,
		"bash -c exec python3 -m iai_mcp.daemon": OtherProgram,
	} {
		if got := KindOf(command); got != want {
			t.Errorf("%q is kind %d, want %d", command, got, want)
		}
	}
}

func TestStoreOfEnvironment(t *testing.T) {
	home, homeIs := testfs.Abs("/home/jo"), "HOME="
	if runtime.GOOS == "windows" {
		homeIs = "UserProfile=" // Windows ignores the case of the name
	}
	for _, c := range []struct {
		name string
		env  []string
		want string
	}{
		{"set", []string{homeIs + home, "IAI_MCP_STORE=/data/store"}, "/data/store"},
		{"set, without a home", []string{"IAI_MCP_STORE=/data/store"}, "/data/store"},
		{"relative", []string{"IAI_MCP_STORE=store"}, "store"},
		{"twice: Python and getenv take the first", []string{"IAI_MCP_STORE=/a", "IAI_MCP_STORE=/b"}, "/a"},
		{"holds an equals sign", []string{"IAI_MCP_STORE=/a=b"}, "/a=b"},
		{"not set", []string{homeIs + home}, filepath.Join(home, ".iai-mcp")},
		{"empty is not set", []string{"IAI_MCP_STORE=", homeIs + home}, filepath.Join(home, ".iai-mcp")},
		{"another variable with this prefix", []string{"IAI_MCP_STORE_2=/a", "XIAI_MCP_STORE=/b", homeIs + home}, filepath.Join(home, ".iai-mcp")},
		{"another variable with this suffix", []string{"G" + homeIs + "/b"}, ""},
		{"tilde, which only some generations expand", []string{"IAI_MCP_STORE=~/store", homeIs + home}, ""},
		{"tilde of a user", []string{"IAI_MCP_STORE=~jo/store", homeIs + home}, ""},
		{"no home", []string{"PATH=/bin"}, ""},
		{"empty home", []string{homeIs}, ""},
		{"relative home", []string{homeIs + "jo"}, ""},
		{"nothing", nil, ""},
	} {
		if got := storeOfEnvironment(c.env); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestIsPython(t *testing.T) {
	for name, want := range map[string]bool{
		"python": true, "python3": true, "python3.14t": true, "/usr/bin/python3": true, "./python": true,
		"/Library/Frameworks/Python.framework/Versions/3.12/Resources/Python.app/Contents/MacOS/Python": true, `C:\PYTHON312\PYTHON3.12.EXE`: true,
		`C:\Program Files\Python\python.exe`: true, "pythonw.exe": true, "py.exe": true, `C:\Windows\PYW.exe`: true, "pypy": true, "/opt/pypy3.10": true,
		"": false, "/": false, "/usr/bin/": false, "ipython": false, "bpython": false, "cpython": false, "/opt/python/bin/uv": false, "py": false,
	} {
		if got := isPython(name); got != want {
			t.Errorf("isPython(%q) = %v", name, got)
		}
	}
}

// FuzzClaim checks what is read from an arbitrary /proc/PID/cmdline.
func FuzzClaim(f *testing.F) {
	for _, c := range argvRows {
		f.Add(strings.Join(c.argv, "\x00") + "\x00")
	}
	for _, c := range commandRows {
		f.Add(strings.Join(argv(c.line), "\x00") + "\x00")
	}
	f.Add("lockbar\x00" + RunArgument + "\x00/s\x00")
	f.Fuzz(func(t *testing.T, block string) {
		argv := strings.Split(strings.TrimSuffix(block, "\x00"), "\x00")
		checkArguments(t, argv, argumentsOf(argv))
	})
}

// checkArguments checks that the argument vector supports what was read from it.
func checkArguments(t *testing.T, argv []string, got arguments) {
	t.Helper()
	switch {
	case got.kind == UnknownKind:
		t.Fatalf("%q: unknown kind although the arguments were read", argv)
	case got.store != "" && (!filepath.IsAbs(got.store) || !strings.Contains(strings.Join(argv, " "), got.store)):
		t.Fatalf("%q: names store %q", argv, got.store)
	case !got.titled && (got.whole || got.alone):
		t.Fatalf("%q: %+v", argv, got)
	}
	switch got.kind {
	case OtherProgram:
		if got != someProgram {
			t.Fatalf("%q: another program with claims: %+v", argv, got)
		}
	case LockbarRun:
		if got.titled || argv[1] != RunArgument || got.store != "" && argv[2] != got.store {
			t.Fatalf("%q: %+v", argv, got)
		}
	case Daemon:
		checkDaemon(t, argv, got)
	}
}

func checkDaemon(t *testing.T, argv []string, got arguments) {
	t.Helper()
	if !got.titled {
		module := func(s string) bool { return strings.HasSuffix(s, DaemonModule) }
		if got.store != "" || !isPython(argv[0]) || !slices.ContainsFunc(argv[1:], module) {
			t.Fatalf("%q: %+v", argv, got)
		}
		return
	}
	if !strings.HasPrefix(argv[0], DaemonTitle[:shortestTitle]) || !strings.HasPrefix(argv[0], title[:min(len(title), len(argv[0]))]) {
		t.Fatalf("%q is taken for a title", argv)
	}
	if got.store != "" && argv[0] != titleOf(got.store) || got.alone != (len(argv) == 1) || got.whole && got.alone {
		t.Fatalf("%q: %+v", argv, got)
	}
}
