package lockcore

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const (
	// DaemonModule is the Python module that every iai-mcp daemon runs. A daemon of 2.8 and later respects a lock only if the
	// command line of its holder contains it.
	DaemonModule = "iai_mcp.daemon"
	// RunArgument is the first argument of a lockbar run that holds a lock. The store, as an absolute path, is the second.
	RunArgument = "--as=" + DaemonModule
	// DaemonTitle is what daemons of 2.x and later replace their arguments with (setproctitle). 3.x appends " store=" and the directory.
	DaemonTitle = "iai lilli (" + DaemonModule + ")"
	titleStore  = " store="
	// shortestTitle is how much of the title identifies a daemon whose title was cut for lack of room.
	shortestTitle = len("iai lilli (")
)

// claim is what an argument vector says of its process.
type claim struct {
	kind   ProcessKind
	titled bool   // argv[0] is a title, which was written over arguments and environment
	title  int    // its length in bytes
	whole  bool   // what stands behind the title shows that it was not cut for lack of room
	alone  bool   // nothing stands behind the title
	store  string // the store that it names, an absolute path; empty where it names none
}

// claimOf classifies a process by its whole argument vector. What only mentions the daemon (tail, grep, ssh, docker, sudo, an
// editor, a shell script) is another program. A nil vector could not be read.
func claimOf(argv []string) claim {
	switch {
	case argv == nil:
		return claim{}
	case len(argv) == 0:
		return claim{kind: OtherProgram}
	case isTitle(argv[0]):
		return claimOfTitle(argv)
	case len(argv) > 1 && argv[1] == RunArgument:
		return claim{kind: LockbarRun, store: storeOfRun(argv)}
	case isPython(argv[0]) && runsDaemonModule(argv[1:]):
		return claim{kind: Daemon}
	}
	return claim{kind: OtherProgram}
}

func claimOfTitle(argv []string) claim {
	title := argv[0]
	return claim{kind: Daemon, titled: true, title: len(title), whole: isWhole(argv), alone: len(argv) == 1, store: storeOfTitle(title)}
}

// paddedTitle is how many NULs stand at least behind a title that setproctitle did not cut. Behind one that it cut there are
// two: its strlcpy leaves one, and the last byte of the room, the end of the string that was there before, is never written.
const paddedTitle = 3

// isWhole reports whether a title was not cut: so many empty arguments stand behind it that it had room to spare, or one that
// is not empty, which setproctitle would have erased.
func isWhole(argv []string) bool {
	behind := argv[1:]
	if len(behind) > 0 && behind[0] != "" {
		return true
	}
	const empty = paddedTitle - 1 // each argument ends with a NUL, the title too
	return len(behind) >= empty && !slices.ContainsFunc(behind[:empty], func(s string) bool { return s != "" })
}

// KindOf classifies a process of which only the joined arguments (Process.Command) are still known, as from a history.
func KindOf(command string) ProcessKind {
	switch {
	case command == "":
		return UnknownKind
	case isTitle(command):
		return Daemon
	}
	return claimOf(strings.Fields(command)).kind
}

// isTitle accepts the daemon's title, whatever follows it, and the beginning of one that was cut.
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

// isPython reports whether the name of a program is that of a Python interpreter: python3.12, Python, pypy3, pythonw.exe, or of the
// launcher that starts one on Windows, py.exe.
func isPython(program string) bool {
	name := strings.ToLower(program[strings.LastIndexAny(program, `/\`)+1:])
	return strings.HasPrefix(name, "python") || strings.HasPrefix(name, "pypy") || name == "py.exe" || name == "pyw.exe"
}

// runsDaemonModule reports whether Python, given these arguments, runs the daemon's module. It follows CPython's own parser,
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

// pythonValue finds in a group of short options the one that takes a value, and as much of the value as stands behind it.
func pythonValue(group string) (value string, option byte) {
	i := strings.IndexAny(group, "cmWX")
	if i < 0 {
		return "", 0
	}
	return group[i+1:], group[i]
}

// storeVariable is where a daemon is told its store.
const storeVariable = "IAI_MCP_STORE"

// storeOfEnvironment returns the store of a daemon with this environment, as its _default_lock_path computes it: the variable,
// else .iai-mcp in the home directory. It returns "" where that cannot be told: no home, or a path that begins with ~.
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

// variable returns the first value of a variable, as getenv(3) does. On Windows upper and lower case are the same in a name.
func variable(env []string, name string) string {
	for _, entry := range env {
		key, value, ok := strings.Cut(entry, "=")
		if ok && (key == name || runtime.GOOS == "windows" && strings.EqualFold(key, name)) {
			return value
		}
	}
	return ""
}

// maxCommand is how much of a stranger's arguments is shown, in bytes.
const maxCommand = 4096

// commandLine joins arguments for people. What setproctitle left behind the title is empty arguments.
func commandLine(argv []string) string {
	line := strings.TrimRight(strings.Join(argv, " "), " ")
	return line[:min(len(line), maxCommand)]
}
