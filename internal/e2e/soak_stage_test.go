//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testdesk"
)

// stage is a desktop with lockbar, two stores, and a `lockbar watch`, on which events are played.
type stage struct {
	t       testing.TB
	world   world
	bus     *testdesk.Bus
	panel   *testdesk.Watcher
	notes   *testdesk.Notifications
	home    *testdesk.Home
	tray    *testdesk.Process
	item    *testdesk.Item
	watch   *testdesk.Process
	read    int          // lines of watch that were read
	last    []statusJSON // the last line of watch for each store
	gone    [2]time.Time // since when watch owes a line about the missing lock of a store; zero: it does not
	flashes []string     // paths of stores that watch printed as unlocked since the last quiet point
	holders [2]*exec.Cmd
	undoing [2]func() error // brings back a store that is away
	gap     time.Duration   // the longest time without a lock in a swap of this burst
	clicks  int             // how many had to be repeated
}

// names holds the stores' names in commands, and shortNames those in the menu. The second store is a symlink.
var (
	names      = []string{"~/sync/work", "~/play"}
	shortNames = []string{"work", "play"}
)

func newStage(t testing.TB) *stage {
	t.Helper()
	bus, home := testdesk.NewBus(t), testdesk.NewHome(t)
	s := &stage{t: t, world: newWorld(), bus: bus, home: home, last: make([]statusJSON, len(names))}
	s.notes, s.panel = testdesk.NewNotifications(t, bus), testdesk.NewWatcher(t, bus)
	s.must(errors.Join(testdesk.Greet(home.State()),
		os.MkdirAll(s.path(0), 0o700), os.MkdirAll(s.spare(), 0o700),
		os.MkdirAll(s.disk(0), 0o700), os.MkdirAll(s.disk(1), 0o700),
		os.Symlink(s.disk(0), s.path(1)),
	))
	t.Cleanup(s.clear)
	s.tray = s.command("tray").Start(t)
	s.watch = s.command("watch", "--json").Start(t)
	s.item = testdesk.Must(s.panel.WaitItem(testdesk.Deadline(t)))(t)
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// clear continues or ends everything that may hang.
func (s *stage) clear() {
	_ = s.tray.Signal(syscall.SIGCONT)
	s.notes.Release()
	for _, h := range s.holders {
		if h != nil {
			_ = h.Process.Kill()
			_ = h.Wait()
		}
	}
}

// command returns a command of lockbar with both stores.
func (s *stage) command(args ...string) testdesk.Command {
	args = append(args, "--store", s.path(0), "--store", s.path(1))
	return testdesk.Command{Bus: s.bus, Home: s.home, Args: args, Env: s.env()}
}

// env returns lockbar's variables. GOTRACEBACK makes the traceback after SIGQUIT list all goroutines.
func (s *stage) env() []string { return []string{"LOCKBAR_HOSTNAME=" + here, "GOTRACEBACK=all"} }

// exec returns a short-lived command of lockbar. A long run has thousands, so they have no Cleanup.
func (s *stage) exec(args ...string) *exec.Cmd {
	cmd := exec.Command(testdesk.Lockbar(s.t), args...)
	cmd.Env = slices.Concat(s.bus.Env(), s.home.Env(), s.env())
	cmd.Dir = s.home.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// untilDeadline kills a command that hangs. The caller stops the timer when the command has ended, or printed the expected output.
func untilDeadline(cmd *exec.Cmd) *time.Timer {
	return time.AfterFunc(deadline, func() { _ = cmd.Process.Kill() })
}

// run returns the output and the exit code of a command.
func (s *stage) run(args ...string) (out string, code int, err error) {
	cmd := s.exec(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Start()
	if err == nil {
		hung := untilDeadline(cmd)
		err = cmd.Wait()
		hung.Stop()
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Exited() {
		return stdout.String() + stderr.String(), exit.ExitCode(), nil
	}
	return stdout.String(), 0, err
}

// Paths.

func (s *stage) path(i int) string {
	return filepath.Join(s.home.Dir, strings.TrimPrefix(names[i], "~/"))
}

// spare returns the directory that replaces the first store in another-store.
func (s *stage) spare() string { return filepath.Join(s.home.Dir, "sync", "spare") }

// disk returns a target of the second store's symlink.
func (s *stage) disk(n int) string {
	return filepath.Join(s.home.Dir, fmt.Sprintf("disk%d", n), "memory")
}

func (s *stage) lockPath(i int) string { return filepath.Join(s.path(i), ".locked") }

// next returns the store after an event.
func (s *stage) next(e event) modelStore { return apply(s.world, e).stores[e.store] }

const (
	stampOld   = "2020-01-02T03:04:05.678901+00:00"
	stampAhead = "2099-01-02T03:04:05.678901+00:00"
)

func recordText(host string, pid int, stamp string) []byte {
	var name bytes.Buffer
	for _, r := range host { // as Python does, for the names used here
		if r < 0x80 {
			name.WriteRune(r)
		} else {
			fmt.Fprintf(&name, "\\u%04x", r)
		}
	}
	const layout = "{\n  \"pid\": %d,\n  \"hostname\": \"%s\",\n  \"started_at\": %q,\n  \"schema_version\": 1\n}"
	return fmt.Appendf(nil, layout, pid, name.String(), stamp)
}

// text returns the content of the lock that an event writes.
func (s *stage) text(e event) ([]byte, error) {
	l := s.next(e).dir().lock
	switch {
	case l.form == rubbish:
		return []byte(rubbishes[e.n%len(rubbishes)].text), nil
	case l.age == ahead:
		return recordText(l.host, l.pid, stampAhead), nil
	case l.age == old:
		return recordText(l.host, l.pid, stampOld), nil
	}
	data, err := os.ReadFile(s.lockPath(e.store)) // rename-host changes only the name
	return bytes.Replace(data, []byte(`"`+here+`"`), []byte(`"`+oldName+`"`), 1), err
}

// write replaces the lock as daemons do.
func (s *stage) write(i int, data []byte) error {
	temp, err := s.stage(i, data)
	if err != nil {
		return err
	}
	return os.Rename(temp, s.lockPath(i))
}

func (s *stage) stage(i int, data []byte) (string, error) {
	file, err := os.CreateTemp(s.path(i), ".locked.*.tmp")
	if err != nil {
		return "", err
	}
	_, err = file.Write(data)
	return file.Name(), errors.Join(err, file.Close())
}

// Implementations of events.

func (s *stage) nothing(event) (int, error) { return 0, nil }

func (s *stage) replace(e event) (int, error) {
	data, err := s.text(e)
	if err != nil {
		return 0, err
	}
	return 0, s.write(e.store, data)
}

// swapLock replaces the lock as Syncthing does: for some microseconds there is none.
func (s *stage) swapLock(e event) (int, error) {
	data, err := s.text(e)
	if err != nil {
		return 0, err
	}
	temp, err := s.stage(e.store, data)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	err = errors.Join(os.Remove(s.lockPath(e.store)), os.Rename(temp, s.lockPath(e.store)))
	s.gap = max(s.gap, time.Since(begun))
	return 0, err
}

const (
	locksInStorm = 100
	filesInStorm = 200
)

func (s *stage) stormOnLock(e event) (int, error) {
	for n := range locksInStorm {
		if err := s.write(e.store, recordText("mac-storm", noPID+noPID+n, stampOld)); err != nil {
			return 0, err
		}
	}
	return s.replace(e)
}

func (s *stage) stormBeside(e event) (int, error) {
	for n := range filesInStorm {
		path := filepath.Join(s.path(e.store), fmt.Sprintf("memory-%d.db", n))
		if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Remove(path)); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// tooLarge is more than the 64 KiB that lockbar reads.
const tooLarge = 64<<10 + 1

func (s *stage) block(e event) (int, error) {
	temp, err := s.stage(e.store, bytes.Repeat([]byte(" "), tooLarge))
	if err != nil {
		return 0, err
	}
	if s.next(e).dir().lock.why == "not-a-regular-file" {
		if err := errors.Join(os.Remove(temp), syscall.Mkfifo(temp, 0o600)); err != nil {
			return 0, err
		}
	}
	return 0, os.Rename(temp, s.lockPath(e.store))
}

func (s *stage) vanish(e event) (int, error) { return 0, os.Remove(s.lockPath(e.store)) }

// start starts a process that takes the lock. `lockbar run` shows iai_mcp.daemon in its arguments.
func (s *stage) start(e event) (int, error) {
	const ready = "ready"
	cmd := s.exec("--store", s.path(e.store), "run", "--take-over", "--", "sh", "-c", "echo "+ready+"; exec sleep 100000")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	s.holders[e.store] = cmd
	defer untilDeadline(cmd).Stop()
	if line, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) != ready {
		return 0, fmt.Errorf("the holder printed %q, %w", line, errors.Join(err, cmd.Wait(), errors.New(stderr.String())))
	}
	if e.writesState() {
		return cmd.Process.Pid, s.writeState(e.store, fmt.Sprint(cmd.Process.Pid))
	}
	return cmd.Process.Pid, nil
}

func (s *stage) writeState(i int, pid string) error {
	path := filepath.Join(s.path(i), ".daemon-state.json")
	temp := path + ".1.tmp"
	if err := os.WriteFile(temp, []byte(`{"daemon_pid": `+pid+`, "since": 1}`), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

func (s *stage) crash(e event) (int, error) { return 0, s.end(e.store, syscall.SIGKILL) }

// release ends the daemon in order: it clears its state file before it deletes the lock.
func (s *stage) release(e event) (int, error) {
	if isThere(s.world, s.world.stores[e.store]) {
		if err := s.writeState(e.store, "null"); err != nil {
			return 0, err
		}
	}
	return 0, s.end(e.store, syscall.SIGTERM)
}

func (s *stage) end(i int, sig syscall.Signal) error {
	cmd := s.holders[i]
	s.holders[i] = nil
	if err := cmd.Process.Signal(sig); err != nil {
		return err
	}
	defer untilDeadline(cmd).Stop()
	if exit := (*exec.ExitError)(nil); !errors.As(cmd.Wait(), &exit) {
		return fmt.Errorf("the holder ended with code 0 after %v", sig)
	}
	return nil
}

// copyComes adds a conflict copy as a new file, since a copy counts from the time when it appears.
func (s *stage) copyComes(e event) (int, error) {
	name := copyNames[e.n%len(copyNames)]
	c := s.next(e).dir().copies[name]
	temp, err := s.stage(e.store, recordText(c.host, c.pid, stampOld))
	if err != nil {
		return 0, err
	}
	return 0, os.Rename(temp, filepath.Join(s.path(e.store), name))
}

func (s *stage) copyGoes(e event) (int, error) {
	return 0, os.Remove(filepath.Join(s.path(e.store), s.world.stores[e.store].chosenCopy(e)))
}

// The command line.

const (
	exitDone    = 0
	exitRefused = 3
)

func (s *stage) unlock(e event) (int, error) {
	want := exitDone
	if s.world.stores[e.store].dir().lock.form == unlikely {
		want = exitRefused
	}
	return 0, s.expect(want, "unlock", "--yes", "--force", "--json", "--store", s.path(e.store))
}

func (s *stage) restore(e event) (int, error) {
	now, then := s.world.stores[e.store].dir().lock, s.next(e).dir().lock
	if now != then {
		return 0, s.expect(exitDone, "restore", "--json", "--store", s.path(e.store))
	}
	_, code, err := s.run("restore", "--json", "--store", s.path(e.store))
	if err == nil && code == exitDone {
		err = errors.New("restore succeeded with nothing to restore")
	}
	return 0, err
}

func (s *stage) setAside(e event) (int, error) {
	return 0, s.expect(exitDone, "unlock", "--copies", "--yes", "--json", "--store", s.path(e.store))
}

func (s *stage) expect(want int, args ...string) error {
	out, code, err := s.run(args...)
	if err == nil && code != want {
		err = fmt.Errorf("lockbar %s: exit code %d, want %d: %s", strings.Join(args, " "), code, want, out)
	}
	return err
}

// The menu.

func (s *stage) clickUnlock(e event) (int, error) {
	v := s.world.stores[e.store].views()[0]
	if v.state == "held-here" || v.state == "contested" || s.asksFirst(e.store) {
		return 0, s.click(e.store, "Remove the ")
	}
	return 0, s.click(e.store, "Force Unlock")
}

// asksFirst reports whether a removal needs a confirmation. That is so even for a stale or corrupt lock, if lockbar saw an earlier
// holder that still runs.
func (s *stage) asksFirst(i int) bool {
	_, asks := findIn(s.item.Layout(), i, "Remove the ")
	return asks && s.world.stores[i].holder.alive
}

func (s *stage) clickUndo(e event) (int, error) { return 0, s.click(e.store, "Undo Force Unlock") }

func (s *stage) clickSetAside(e event) (int, error) {
	return 0, s.click(e.store, "Set Aside Conflict Copies")
}

const (
	// clickTime is the time before a user clicks again. On a busy machine a click may be on an old item.
	clickTime = 10 * time.Second
	// maxClicks is the number of clicks before the user gives up.
	maxClicks = 3
)

// click clicks an entry of a store's section until the entry disappears.
func (s *stage) click(i int, label string) error {
	for n := range maxClicks {
		entry, ok := findIn(s.item.Layout(), i, label)
		if !ok {
			return fmt.Errorf("no %q for %s in\n%v", label, names[i], s.item.Layout())
		}
		ctx, cancel := context.WithTimeout(context.Background(), clickTime)
		err := s.item.Click(ctx, entry.ID)
		if err == nil {
			_, err = s.item.WaitMenu(ctx, func(menu testdesk.Entry) bool {
				_, still := findIn(menu, i, label)
				return !still
			})
		}
		cancel()
		if err == nil {
			return nil
		}
		s.clicks++
		s.t.Logf("click %d on %q: %v", n+1, label, err)
	}
	return fmt.Errorf("%q for %s does nothing", label, names[i])
}

// findIn returns an entry of a store's section, if it is shown.
func findIn(menu testdesk.Entry, i int, label string) (testdesk.Entry, bool) {
	section, ok := findSection(menu, i)
	if !ok {
		return section, false
	}
	return section.FindShown(label)
}

// The store's directory.

func (s *stage) removeStore(e event) (int, error) {
	real, err := filepath.EvalSymlinks(s.path(e.store))
	if err != nil {
		return 0, err
	}
	return 0, until(s.t.Context(), patience, func() error { return os.RemoveAll(real) }) // fails while Lockbar writes in .lockbar
}

func (s *stage) makeStore(e event) (int, error) {
	return 0, os.Mkdir(s.realPath(e.store), 0o700)
}

// realPath returns the store's directory, behind the link.
func (s *stage) realPath(i int) string {
	if i == 1 {
		return s.disk(s.world.stores[1].at)
	}
	return s.path(i)
}

// storeAway renames the store's directory, or the link to it.
func (s *stage) storeAway(e event) (int, error) {
	if e.onlyTheName() {
		return s.rename(e, s.path(e.store))
	}
	return s.rename(e, s.realPath(e.store))
}

// parentAway renames the parent of the store's directory.
func (s *stage) parentAway(e event) (int, error) {
	return s.rename(e, filepath.Dir(s.realPath(e.store)))
}

func (s *stage) rename(e event, from string) (int, error) {
	to := from + ".away"
	s.undoing[e.store] = func() error { return os.Rename(to, from) }
	return 0, os.Rename(from, to)
}

func (s *stage) storeBack(e event) (int, error) { return 0, s.undoing[e.store]() }

// anotherStore replaces the store with another directory.
func (s *stage) anotherStore(e event) (int, error) {
	path := s.path(e.store)
	temp := path + ".tmp"
	if e.store == 1 {
		return 0, errors.Join(os.Symlink(s.disk(1-s.world.stores[1].at), temp), os.Rename(temp, path))
	}
	return 0, errors.Join(os.Rename(path, temp), os.Rename(s.spare(), path), os.Rename(temp, s.spare()))
}

// The desktop.

func (s *stage) sleep(event) (int, error) { return 0, s.tray.Signal(syscall.SIGSTOP) }

func (s *stage) panelRestarts(event) (int, error) { return 0, s.panel.Restart() }

func (s *stage) notifierStops(event) (int, error) { s.notes.Stop(); return 0, nil }

func (s *stage) notifierStarts(event) (int, error) { return 0, s.notes.Start() }

func (s *stage) notifierHangs(event) (int, error) { s.notes.Hang(); return 0, nil }

func (s *stage) notifierAnswers(event) (int, error) { s.notes.Release(); return 0, nil }
