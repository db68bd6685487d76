package lockcore

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const (
	// DaemonModule is the Python module that every iai-mcp daemon runs. A daemon of 2.8 and later respects a lock only if its
	// holder's command line contains this name.
	DaemonModule = "iai_mcp.daemon"
	// RunArgument is the first argument of a lockbar run that holds a lock. The second is the store, as an absolute path.
	RunArgument = "--as=" + DaemonModule
	// DaemonTitle is the title with which daemons of 2.x and later replace their arguments (setproctitle). 3.x appends " store="
	// and the directory.
	DaemonTitle = "iai lilli (" + DaemonModule + ")"
	titleStore  = " store="
	// shortestTitle is the number of bytes that identify a daemon whose title was cut for lack of room.
	shortestTitle = len("iai lilli (")
)

// arguments holds what an argument vector shows about its process.
type arguments struct {
	kind   ProcessKind
	titled bool   // argv[0] is a title, written over the arguments and environment
	title  int    // its length in bytes
	whole  bool   // the bytes after the title show that it was not cut for lack of room
	alone  bool   // there are no arguments after the title
	store  string // the store that the arguments name, an absolute path; empty if none
}

// parseArguments classifies a process by its whole argument vector. A process that only mentions the daemon (tail, grep, ssh,
// docker, sudo, an editor, a shell script) is another program. A nil vector means that it could not be read.
func parseArguments(argv []string) arguments {
	switch {
	case argv == nil:
		return arguments{}
	case len(argv) == 0:
		return arguments{kind: OtherProgram}
	case isTitle(argv[0]):
		return parseTitle(argv)
	case len(argv) > 1 && argv[1] == RunArgument:
		return arguments{kind: LockbarRun, store: storeOfRun(argv)}
	case isPython(argv[0]) && runsDaemonModule(argv[1:]):
		return arguments{kind: Daemon}
	}
	return arguments{kind: OtherProgram}
}

func parseTitle(argv []string) arguments {
	title := argv[0]
	return arguments{kind: Daemon, titled: true, title: len(title), whole: hasRoomAfter(argv), alone: len(argv) == 1, store: storeOfTitle(title)}
}

// paddedTitle is the number of NULs after a title that prove that setproctitle did not cut it. After a title that it cut there are
// two: its strlcpy writes one, and it never writes the last byte of the room, where an earlier string ended.
const paddedTitle = 3

// hasRoomAfter reports whether the arguments after a title prove that it was not cut. Enough empty arguments show that there was
// room to spare. If the first one is not empty, exec set the title: setproctitle would have erased that argument.
func hasRoomAfter(argv []string) bool {
	after := argv[1:]
	if len(after) > 0 && after[0] != "" {
		return true
	}
	const empty = paddedTitle - 1 // each argument ends with a NUL, the title too
	return len(after) >= empty && !slices.ContainsFunc(after[:empty], func(s string) bool { return s != "" })
}

// KindOf classifies a process by its joined arguments (Process.Command), for a caller that knows only those, such as from a history.
func KindOf(command string) ProcessKind {
	switch {
	case command == "":
		return UnknownKind
	case isTitle(command):
		return Daemon
	}
	return parseArguments(strings.Fields(command)).kind
}

// isTitle accepts the daemon's title, alone or followed by a blank and anything, and the beginning of a title that was cut.
func isTitle(s string) bool {
	rest, whole := strings.CutPrefix(s, DaemonTitle)
	if whole {
		return rest == "" || rest[0] == ' '
	}
	return len(s) >= shortestTitle && strings.HasPrefix(DaemonTitle, s)
}

func storeOfTitle(title string) string {
	store, named := strings.CutPrefix(title, DaemonTitle+titleStore)
	if !named || !filepath.IsAbs(store) {
		return ""
	}
	return store
}

func storeOfRun(argv []string) string {
	if len(argv) < 3 || !filepath.IsAbs(argv[2]) {
		return ""
	}
	return argv[2]
}

// isPython reports whether the file name of a program is that of a Python interpreter (python3.12, Python, pypy3, pythonw.exe) or
// of its launcher on Windows (py.exe, pyw.exe).
func isPython(program string) bool {
	name := strings.ToLower(program[strings.LastIndexAny(program, `/\`)+1:])
	return strings.HasPrefix(name, "python") || strings.HasPrefix(name, "pypy") || name == "py.exe" || name == "pyw.exe"
}

// runsDaemonModule reports whether Python with these arguments runs the daemon's module. It follows CPython's own parser,
// Python/getopt.c: short options may share a hyphen, -W and -X take a value, -c and -m end the options.
func runsDaemonModule(args []string) bool {
	for len(args) > 0 {
		option := args[0]
		args = args[1:]
		switch {
		case option == "--check-hash-based-pycs" && len(args) > 0:
			args = args[1:]
		case strings.HasPrefix(option, "--") && option != "--":
		case len(option) < 2 || option[0] != '-' || option == "--":
			return false // a script, or standard input
		default:
			value, kind := pythonValue(option[1:])
			if value == "" && kind != 0 && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			if kind == 'm' || kind == 'c' {
				return kind == 'm' && value == DaemonModule
			}
		}
	}
	return false
}

// pythonValue finds the option that takes a value in a group of short options. It returns that option, 0 if there is none, and the part
// of its value that is in the same argument.
func pythonValue(group string) (value string, option byte) {
	i := strings.IndexAny(group, "cmWX")
	if i < 0 {
		return "", 0
	}
	return group[i+1:], group[i]
}

// storeVariable is the environment variable that names a daemon's store.
const storeVariable = "IAI_MCP_STORE"

// storeOfEnvironment returns the store of a daemon with this environment, as its _default_lock_path computes it: the variable, else
// .iai-mcp in the home directory. It returns "" if the store cannot be determined: no absolute home, or a path that begins with ~.
func storeOfEnvironment(env []string) string {
	if store := variable(env, storeVariable); store != "" {
		if store[0] == '~' {
			return ""
		}
		return store
	}
	homeVariable := "HOME"
	if runtime.GOOS == "windows" {
		homeVariable = "USERPROFILE"
	}
	home := variable(env, homeVariable)
	if !filepath.IsAbs(home) {
		return ""
	}
	return filepath.Join(home, ".iai-mcp")
}

// variable returns the first value of a variable, as getenv(3) does. On Windows it ignores the case of the name.
func variable(env []string, name string) string {
	for _, entry := range env {
		key, value, ok := strings.Cut(entry, "=")
		if ok && (key == name || runtime.GOOS == "windows" && strings.EqualFold(key, name)) {
			return value
		}
	}
	return ""
}

// maxCommand bounds the arguments of another process that are shown, in bytes.
const maxCommand = 4096

// commandLine joins arguments for people. It drops the empty arguments that setproctitle leaves after the title.
func commandLine(argv []string) string {
	line := strings.TrimRight(strings.Join(argv, " "), " ")
	return line[:min(len(line), maxCommand)]
}
