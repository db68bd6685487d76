//go:build windows

package round

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// An app is Lockbar on a store of its own.
type app struct {
	*round
	store, state string
	process      *exec.Cmd
	window       uintptr
	ended        chan error
}

// start starts the app on an empty store and waits for its window. The end of the test ends the app.
func (r *round) start() *app { return r.startOn(filepath.Join(r.work, "store")) }

func (r *round) startOn(store string) *app {
	a := &app{round: r, store: store, state: filepath.Join(r.work, "state"), ended: make(chan error, 1)}
	r.must(os.MkdirAll(a.store, 0o777))
	r.must(os.MkdirAll(a.state, 0o777))
	log, err := os.Create(filepath.Join(*out, "logs", r.Name()+".log"))
	r.must(err)
	a.process = exec.Command(*program, a.flags("-v")...)
	a.process.Stdout, a.process.Stderr = log, log
	r.must(a.process.Start())
	go func() { a.ended <- a.process.Wait(); log.Close() }()
	r.Cleanup(a.quit)
	r.within("the window of the icon", func() bool { a.window = windowOf(a.process.Process.Pid); return a.window != 0 })
	r.within("the first look", func() bool {
		text, _ := os.ReadFile(log.Name())
		return bytes.Contains(text, []byte(": initial, now "))
	})
	return a
}

// quit closes the app's window, because a program that is killed leaves its icon behind.
func (a *app) quit() {
	postMessage.Call(a.window, wmClose, 0, 0)
	select {
	case err := <-a.ended:
		a.ended <- err
	case <-time.After(patience):
		_ = a.process.Process.Kill()
		a.ended <- <-a.ended
	}
}

// end waits for the app to end by itself and returns its result.
func (a *app) end(why string) error {
	a.Helper()
	select {
	case err := <-a.ended:
		a.ended <- err
		return err
	case <-time.After(patience):
		a.fail("%s does not end the app", why)
		return nil
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (a *app) flags(more ...string) []string {
	return append([]string{"--store", a.store, "--state-dir", a.state}, more...)
}

// lockbar runs a command on the same store, and returns what it printed and its exit code.
func (a *app) lockbar(args ...string) (string, int) { return a.round.lockbar(a.flags(args...)...) }

func (r *round) lockbar(args ...string) (string, int) {
	r.Helper()
	printed, err := exec.Command(*program, args...).Output()
	exited, _ := errors.AsType[*exec.ExitError](err)
	if exited == nil {
		r.must(err)
		return string(printed), 0
	}
	return string(printed) + string(exited.Stderr), exited.ExitCode()
}

// lockOf returns the text of a lock.
func lockOf(pid int, host string) string {
	return fmt.Sprintf("{\n  \"pid\": %d,\n  \"hostname\": %q,\n  \"started_at\": %q,\n  \"schema_version\": 1\n}",
		pid, host, time.Now().UTC().Format("2006-01-02T15:04:05.000000+00:00"))
}

// put replaces the lock in one step, as a sync program does.
func (a *app) put(text string) { a.putAs(".locked", text) }

func (a *app) putAs(name, text string) {
	a.Helper()
	temporary := filepath.Join(a.store, "new.tmp")
	a.must(os.WriteFile(temporary, []byte(text), 0o600))
	a.within("the lock is replaced", func() bool { // not while the app reads it
		return os.Rename(temporary, filepath.Join(a.store, name)) == nil
	})
}

// conflictCopy is the name of a conflict copy, as a sync program would choose it.
const conflictCopy = ".locked-DESKTOP"

func (a *app) clear() {
	for _, name := range []string{".locked", conflictCopy} {
		a.within("the lock is deleted", func() bool {
			err := os.Remove(filepath.Join(a.store, name))
			return err == nil || errors.Is(err, fs.ErrNotExist)
		})
	}
}

func (a *app) hasLock(part string) bool {
	data, err := os.ReadFile(filepath.Join(a.store, ".locked"))
	return err == nil && strings.Contains(string(data), part)
}

// waitState waits until the app's history says that the store reached a state.
func (a *app) waitState(state string) time.Duration {
	a.Helper()
	return a.within("the app notes "+state, func() bool { return a.newest().To.State == state })
}

// waitPID waits until the app's history says that the lock names a process.
func (a *app) waitPID(pid int) {
	a.Helper()
	a.within(fmt.Sprintf("the app notes PID %d", pid), func() bool { return a.newest().To.Record.PID == pid })
}

// An event is a line of the history.
type event struct {
	To struct {
		State  string
		Record struct{ PID int }
	}
}

// newest returns the newest event.
func (a *app) newest() (e event) {
	printed, _ := a.lockbar("history", "--json", "-n", "1")
	_ = json.Unmarshal([]byte(printed), &e) // there may be none yet
	return e
}

// hostName returns the name that Lockbar uses for this machine.
func (a *app) hostName() string {
	printed, _ := a.lockbar("status", "--json")
	var status struct{ Host string }
	a.must(json.Unmarshal([]byte(printed), &status))
	return status.Host
}
