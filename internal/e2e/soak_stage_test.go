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
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testdesk"
)

// stage is a desktop on which events are played, with two stores, lockbar, and a `lockbar watch`.
type stage struct {
	*desk
	world   world
	watch   *testdesk.Process
	read    int          // number of lines of watch that were read
	last    []statusJSON // the last line of watch for each store
	gone    [2]time.Time // when watch began to owe a line about the missing lock of a store; zero if it owes none
	flashes []string     // paths of stores that watch printed as unlocked since the last quiet point
	holders [2]*exec.Cmd
	undoing [2]func() error // brings back a store that is away
	gap     time.Duration   // the longest time without a lock in a swap of this burst
	clicks  int             // number of clicks that had to be repeated
}

// names holds the stores' paths, and shortNames their names in the menu. The second store is a symlink.
var (
	names      = []string{"~/sync/work", "~/play"}
	shortNames = []string{"work", "play"}
)

func newStage(t testing.TB) *stage {
	t.Helper()
	s := &stage{desk: newDesk(t), world: newWorld(), last: make([]statusJSON, len(names))}
	s.env = []string{"GOTRACEBACK=all"} // for the function traceback
	s.must(errors.Join(
		os.MkdirAll(s.path(0), 0o700), os.MkdirAll(s.spare(), 0o700),
		os.MkdirAll(s.disk(0), 0o700), os.MkdirAll(s.disk(1), 0o700),
		os.Symlink(s.disk(0), s.path(1)),
	))
	t.Cleanup(s.killHolders)
	s.app = s.command("tray").Start(t)
	s.watch = s.command("watch", "--json").Start(t)
	s.item = testdesk.Must(s.watcher.WaitItem(s.ctx()))(t)
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) killHolders() {
	for _, h := range s.holders {
		if h != nil {
			_ = h.Process.Kill()
			_ = h.Wait()
		}
	}
}

// command returns a command of lockbar with both stores.
func (s *stage) command(args ...string) testdesk.Command {
	return s.desk.command(append(args, "--store", s.path(0), "--store", s.path(1))...)
}

// untilDeadline starts a timer that kills the command, in case it hangs. The caller stops the timer when the command has ended or has
// printed the expected output.
func untilDeadline(cmd *exec.Cmd) *time.Timer {
	return time.AfterFunc(deadline, func() { _ = cmd.Process.Kill() })
}

// output runs a short command and returns its output and exit code. It uses no Cleanup, because a long run has thousands of commands.
func (s *stage) output(c testdesk.Command) (out string, code int) {
	s.t.Helper()
	cmd := c.Exec(s.t)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	s.must(cmd.Start())
	defer untilDeadline(cmd).Stop()
	if err := cmd.Wait(); err != nil && !cmd.ProcessState.Exited() {
		s.t.Fatal(err)
	}
	return stdout.String() + stderr.String(), cmd.ProcessState.ExitCode()
}

// Paths.

func (s *stage) path(i int) string {
	return filepath.Join(s.home.Dir, strings.TrimPrefix(names[i], "~/"))
}

// at returns the store with this index.
func (s *stage) at(i int) store { return store{s.path(i)} }

// spare returns the directory that replaces the first store in another-store.
func (s *stage) spare() string { return filepath.Join(s.home.Dir, "sync", "spare") }

// disk returns a target of the second store's symlink.
func (s *stage) disk(n int) string {
	return filepath.Join(s.home.Dir, fmt.Sprintf("disk%d", n), "memory")
}

// next returns the model of an event's store after the event.
func (s *stage) next(e event) modelStore { return apply(s.world, e).stores[e.store] }

const (
	stampOld   = "2020-01-02T03:04:05.678901+00:00"
	stampAhead = "2099-01-02T03:04:05.678901+00:00"
)

// text returns the content of the lock that an event writes.
func (s *stage) text(e event) []byte {
	l := s.next(e).dir().lock
	switch {
	case l.form == rubbish:
		return []byte(rubbishes[e.n%len(rubbishes)].text)
	case l.age == ahead:
		return recordAt(l.pid, l.host, stampAhead)
	case l.age == old:
		return recordAt(l.pid, l.host, stampOld)
	}
	data := testdesk.Must(os.ReadFile(s.at(e.store).lock()))(s.t) // rename-host changes only the host name
	return bytes.Replace(data, []byte(`"`+here+`"`), []byte(`"`+oldName+`"`), 1)
}

// Implementations of events.

func (s *stage) nothing(event) {}

func (s *stage) replace(e event) { s.at(e.store).write(s.t, s.text(e)) }

// swapLock replaces the lock as Syncthing does: for some microseconds there is no lock.
func (s *stage) swapLock(e event) {
	lock, temp := s.at(e.store).lock(), s.at(e.store).stage(s.t, s.text(e))
	begun := time.Now()
	s.must(errors.Join(os.Remove(lock), os.Rename(temp, lock)))
	s.gap = max(s.gap, time.Since(begun))
}

const (
	locksInStorm = 100
	filesInStorm = 200
)

func (s *stage) stormOnLock(e event) {
	for n := range locksInStorm {
		s.at(e.store).write(s.t, recordAt(noPID+noPID+n, "mac-storm", stampOld))
	}
	s.replace(e)
}

func (s *stage) stormBeside(e event) {
	for n := range filesInStorm {
		path := filepath.Join(s.path(e.store), fmt.Sprintf("memory-%d.db", n))
		s.must(errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Remove(path)))
	}
}

// tooLarge is more than the 64 KiB that lockbar reads.
const tooLarge = 64<<10 + 1

func (s *stage) block(e event) {
	temp := s.at(e.store).stage(s.t, hugeLock)
	if s.next(e).dir().lock.why == "not-a-regular-file" {
		s.must(errors.Join(os.Remove(temp), syscall.Mkfifo(temp, 0o600)))
	}
	s.must(os.Rename(temp, s.at(e.store).lock()))
}

func (s *stage) vanish(e event) { s.must(os.Remove(s.at(e.store).lock())) }

// startHolder starts a `lockbar run` that takes the lock, and waits until it has the lock.
func (s *stage) startHolder(e event) {
	const ready = "ready"
	cmd := s.desk.command("--store", s.path(e.store), "run", "--take-over", "--", "sh", "-c", "echo "+ready+"; exec sleep 100000").Exec(s.t)
	out := testdesk.Must(cmd.StdoutPipe())(s.t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	s.must(cmd.Start())
	s.holders[e.store] = cmd
	defer untilDeadline(cmd).Stop()
	if line, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) != ready {
		s.t.Fatalf("the holder printed %q, %v", line, errors.Join(err, cmd.Wait(), errors.New(stderr.String())))
	}
	if e.writesState() {
		s.writeState(e.store, fmt.Sprint(cmd.Process.Pid))
	}
}

func (s *stage) writeState(i int, pid string) {
	path := filepath.Join(s.path(i), ".daemon-state.json")
	temp := path + ".1.tmp"
	s.must(errors.Join(os.WriteFile(temp, []byte(`{"daemon_pid": `+pid+`, "since": 1}`), 0o600), os.Rename(temp, path)))
}

func (s *stage) crash(e event) { s.end(e.store, syscall.SIGKILL) }

// release ends the holder with SIGTERM. First it clears the state file, as a daemon does before it deletes its lock.
func (s *stage) release(e event) {
	if isThere(s.world, s.world.stores[e.store]) {
		s.writeState(e.store, "null")
	}
	s.end(e.store, syscall.SIGTERM)
}

func (s *stage) end(i int, sig syscall.Signal) {
	cmd := s.holders[i]
	s.holders[i] = nil
	s.must(cmd.Process.Signal(sig))
	defer untilDeadline(cmd).Stop()
	if exit := (*exec.ExitError)(nil); !errors.As(cmd.Wait(), &exit) {
		s.t.Fatalf("the holder ended with code 0 after %v", sig)
	}
}

// copyComes adds a conflict copy as a new file: lockbar compares the lock's started_at with the time at which the copy appeared here.
func (s *stage) copyComes(e event) {
	name := copyNames[e.n%len(copyNames)]
	c := s.next(e).dir().copies[name]
	temp := s.at(e.store).stage(s.t, recordAt(c.pid, c.host, stampOld))
	s.must(os.Rename(temp, filepath.Join(s.path(e.store), name)))
}

func (s *stage) copyGoes(e event) {
	s.must(os.Remove(filepath.Join(s.path(e.store), s.world.stores[e.store].chosenCopy(e))))
}

// The command line.

const (
	exitDone    = 0
	exitRefused = 3
)

func (s *stage) unlock(e event) {
	want := exitDone
	if s.world.stores[e.store].dir().lock.form == blocked {
		want = exitRefused
	}
	s.expect(e.store, want, "unlock", "--yes", "--force", "--json")
}

func (s *stage) restore(e event) {
	now, then := s.world.stores[e.store].dir().lock, s.next(e).dir().lock
	if now != then {
		s.expect(e.store, exitDone, "restore", "--json")
	} else if out, code := s.on(e.store, "restore", "--json"); code == exitDone {
		s.t.Fatalf("restore succeeded with nothing to restore: %s", out)
	}
}

func (s *stage) setAside(e event) {
	s.expect(e.store, exitDone, "unlock", "--copies", "--yes", "--json")
}

// on runs a command on one store.
func (s *stage) on(i int, args ...string) (out string, code int) {
	return s.output(s.desk.command(append(args, "--store", s.path(i))...))
}

func (s *stage) expect(i, want int, args ...string) {
	s.t.Helper()
	if out, code := s.on(i, args...); code != want {
		s.t.Fatalf("lockbar %s: exit code %d, want %d: %s", strings.Join(args, " "), code, want, out)
	}
}

// The menu.

func (s *stage) clickUnlock(e event) {
	v := s.world.stores[e.store].views()[0]
	if v.state == "held-here" || v.state == "contested" || s.asksFirst(e.store) {
		s.click(e.store, "Remove the ")
	} else {
		s.click(e.store, "Force Unlock")
	}
}

// asksFirst reports whether a removal needs a confirmation. Even a stale or corrupt lock needs one, if lockbar saw an earlier holder that
// still runs.
func (s *stage) asksFirst(i int) bool {
	_, asks := findIn(s.item.Layout(), i, "Remove the ")
	return asks && s.world.stores[i].holder.alive
}

func (s *stage) clickUndo(e event) { s.click(e.store, "Undo Force Unlock") }

func (s *stage) clickSetAside(e event) { s.click(e.store, "Set Aside Conflict Copies") }

const (
	// clickTime is the time before a user clicks again. On a busy machine the first click may be on an old item.
	clickTime = 10 * time.Second
	// maxClicks is the number of clicks before the user gives up.
	maxClicks = 3
)

// click clicks an entry of a store's section until the entry disappears.
func (s *stage) click(i int, label string) {
	s.t.Helper()
	for n := range maxClicks {
		err := s.clickOnce(i, label)
		if err == nil {
			return
		}
		s.clicks++
		s.t.Logf("click %d on %q: %v", n+1, label, err)
	}
	s.t.Fatalf("%q for %s does nothing", label, names[i])
}

func (s *stage) clickOnce(i int, label string) error {
	entry, ok := findIn(s.item.Layout(), i, label)
	if !ok {
		s.t.Fatalf("no %q for %s in\n%v", label, names[i], s.item.Layout())
	}
	ctx, cancel := context.WithTimeout(context.Background(), clickTime)
	defer cancel()
	if err := s.item.Click(ctx, entry.ID); err != nil {
		return err
	}
	_, err := s.item.WaitMenu(ctx, func(menu testdesk.Entry) bool {
		_, still := findIn(menu, i, label)
		return !still
	})
	return err
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

func (s *stage) removeStore(e event) {
	real := testdesk.Must(filepath.EvalSymlinks(s.path(e.store)))(s.t)
	s.must(until(s.t.Context(), patience, func() error { return os.RemoveAll(real) })) // fails while Lockbar writes in .lockbar
}

func (s *stage) makeStore(e event) { s.must(os.Mkdir(s.realPath(e.store), 0o700)) }

// realPath returns the directory that the store's path leads to.
func (s *stage) realPath(i int) string {
	if i == 1 {
		return s.disk(s.world.stores[1].at)
	}
	return s.path(i)
}

// storeAway renames the store's directory, or the link to it.
func (s *stage) storeAway(e event) {
	if e.onlyTheName() {
		s.rename(e, s.path(e.store))
	} else {
		s.rename(e, s.realPath(e.store))
	}
}

// parentAway renames the parent of the store's directory.
func (s *stage) parentAway(e event) { s.rename(e, filepath.Dir(s.realPath(e.store))) }

func (s *stage) rename(e event, from string) {
	to := from + ".away"
	s.undoing[e.store] = func() error { return os.Rename(to, from) }
	s.must(os.Rename(from, to))
}

func (s *stage) storeBack(e event) { s.must(s.undoing[e.store]()) }

// anotherStore replaces the store with another directory.
func (s *stage) anotherStore(e event) {
	path := s.path(e.store)
	temp := path + ".tmp"
	if e.store == 1 {
		s.must(errors.Join(os.Symlink(s.disk(1-s.world.stores[1].at), temp), os.Rename(temp, path)))
	} else {
		s.must(errors.Join(os.Rename(path, temp), os.Rename(s.spare(), path), os.Rename(temp, s.spare())))
	}
}

// The desktop.

func (s *stage) sleep(event) { s.must(s.app.Signal(syscall.SIGSTOP)) }

func (s *stage) panelRestarts(event) { s.must(s.watcher.Restart()) }

func (s *stage) notifierStops(event) { s.notes.Stop() }

func (s *stage) notifierStarts(event) { s.must(s.notes.Start()) }

func (s *stage) notifierHangs(event) { s.notes.Hang() }

func (s *stage) notifierAnswers(event) { s.notes.Release() }
