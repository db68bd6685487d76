package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockbar/internal/desktop"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// Only for Linux: mostMemory needs /proc, and readFiles lists files of XDG and systemd.

// An odd is something other than the expected file. make creates it at path.
type odd struct {
	name string
	make func(path string) error
}

// huge is the size of a sparse file, far above every limit for a file.
const huge = 100 << 20

var odds = []odd{
	{"pipe", func(path string) error { return unix.Mkfifo(path, 0o600) }},
	{"directory", func(path string) error { return os.Mkdir(path, 0o700) }},
	{"link out", linkOut},
	{"link loop", func(path string) error { return os.Symlink(filepath.Base(path), path) }},
	{"device", device},
	{"huge", func(path string) error {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return err
		}
		return os.Truncate(path, huge)
	}},
	{"unreadable", func(path string) error { return os.WriteFile(path, nil, 0) }},
}

// linkOut makes a link to an empty file. It is valid for readers that follow links.
func linkOut(path string) error {
	target := path + ".elsewhere"
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		return err
	}
	return os.Symlink(target, path)
}

// device makes a device that can be read without end.
func device(path string) error {
	if unix.Mknod(path, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 5))) == nil { // only root may do this
		return nil
	}
	return os.Symlink("/dev/zero", path)
}

// A readFile is a file that Lockbar reads, with the exit codes of history and unlock if an odd is in its place.
type readFile struct {
	path            string // relative to the root of a world
	fine            string // the odd that is valid in this place
	history, unlock int
}

const units = ".config/systemd/user/iai-mcp.service"

// readFiles lists the files that Lockbar reads outside of the stores. unlock refuses if the file could have named another store,
// or the owner of the state directory.
var readFiles = []readFile{
	{path: "state/state.json"},
	{path: "state/history.jsonl", history: exitError},
	{path: "state/history.old.jsonl", history: exitError},
	{path: "state/history.lock", fine: "huge"},
	{path: "state/state.json.guard", fine: "huge"},
	{path: "state/tray.lock", fine: "huge"},
	{path: "state/machine", unlock: exitFailed},
	{path: ".config/lockbar/config.json", fine: "link out", unlock: exitUsage},
	{path: ".config/lockbar/config-" + idA + ".json", fine: "link out", unlock: exitUsage},
	{path: ".config/autostart/" + desktop.AppID + ".desktop", fine: "link out"},
	{path: units, fine: "link out", unlock: exitUsage},
	{path: units + ".d/override.conf", fine: "link out", unlock: exitUsage},
	{path: "variables", fine: "link out", unlock: exitUsage},
}

// TestWhateverLiesInThePlaceOfAFile plants odds in the place of each of readFiles. status, history, doctor and unlock neither hang nor fill
// the memory. doctor names the file, unless the odd is valid there.
func TestWhateverLiesInThePlaceOfAFile(t *testing.T) {
	for _, file := range readFiles {
		for _, o := range odds {
			if !testfs.Long() && !slices.Contains([]string{"pipe", "huge", file.fine}, o.name) {
				continue // the first two stand for all that could make a command hang or grow
			}
			t.Run(filepath.Base(file.path)+" is "+o.name, func(t *testing.T) {
				if testfs.Long() {
					t.Parallel()
				}
				plantInPlace(t, file, o)
			})
		}
	}
}

func plantInPlace(t *testing.T, file readFile, o odd) {
	if o.name == "unreadable" && os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	w := newWorld(t)
	w.extra = []string{"LOCKBAR_MACHINE_ID=" + idA}
	path := w.prepare(file.path)
	testfs.Check(t, o.make(path))
	if o.name == file.fine {
		file.history, file.unlock = 0, 0
	}
	if testfs.Long() { // the usual form leaves this to doctor, which looks at the lock too
		w.quick(0, "status")
	}
	if testfs.Long() || file.history != 0 {
		if output := w.quick(file.history, "history"); file.history != 0 && !strings.Contains(output, path) {
			t.Errorf("history does not name the file: %s", output)
		}
	}
	if output := w.quick(0, "doctor"); strings.Contains(output, path) != (o.name != file.fine) && !(o.name == file.fine && fineIsNamed(path)) {
		t.Errorf("doctor names the file: %t\n%s", strings.Contains(output, path), output)
	}
	w.quick(file.unlock, "unlock", "--yes")
}

// fineIsNamed reports whether doctor names this file even if it is valid.
func fineIsNamed(path string) bool {
	return strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".desktop")
}

// prepare makes a home with a foreign lock in the default store and a unit of the daemon. It returns the path of file.
func (w *world) prepare(file string) string {
	w.t.Helper()
	path := filepath.Join(w.root, file)
	w.dir = filepath.Join(w.root, ".iai-mcp")
	w.extra = append(w.extra, "IAI_MCP_STORE=")
	for _, dir := range []string{w.dir, w.state, filepath.Dir(path), filepath.Join(w.root, units+".d")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			w.t.Fatal(err)
		}
	}
	w.writeLock(foreign())
	unit := fmt.Sprintf("[Service]\nExecStart=/usr/bin/python3 -m iai_mcp.daemon\nEnvironmentFile=-%s\n", filepath.Join(w.root, "variables"))
	if file != units {
		if err := os.WriteFile(filepath.Join(w.root, units), []byte(unit), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	return path
}

// quickTime is more than the deadline of every check of doctor. maxMemory bounds the memory of a command, in KiB.
const quickTime, maxMemory = 10 * time.Second, 64 << 10

// quick runs a command that must end with this code, and returns its output.
func (w *world) quick(code int, args ...string) string {
	w.t.Helper()
	got, output := w.bounded(args...)
	if got != code {
		w.t.Errorf("%v: exit code %d, want %d\n%s", args, got, code, output)
	}
	return output
}

// bounded runs a command that must neither hang nor fill the memory.
func (w *world) bounded(args ...string) (code int, output string) {
	w.t.Helper()
	if !testfs.Long() && args[0] != "run" {
		return w.boundedHere(args)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = w.environment()
	kill := time.AfterFunc(quickTime, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	out, _ := cmd.CombinedOutput() // the exit code is checked
	if used, most := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss, mostMemory(w.t); used > most {
		w.t.Errorf("%v took %d KiB, more than %d", args, used, most)
	}
	if cmd.ProcessState.ExitCode() < 0 || strings.Contains(string(out), "panic") {
		w.t.Errorf("%v: %v\n%s", args, cmd.ProcessState, out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func (w *world) boundedHere(args []string) (code int, output string) {
	w.t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	r := w.here(args...)
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 10; used > maxMemory || time.Since(began) > quickTime {
		w.t.Errorf("%v took %d KiB, and %v", args, used, time.Since(began))
	}
	return r.code, r.out + r.err
}

// mostMemory returns the limit for a child, in KiB. A child's ru_maxrss starts with that of its parent, and an exec does not reset it
// (getrusage(2), NOTES). Under the race detector the parent alone reaches maxMemory.
func mostMemory(t *testing.T) int64 {
	own := testdesk.Kilobytes(t, os.Getpid(), "VmHWM")
	return max(maxMemory, int64(own)+maxMemory/4)
}
