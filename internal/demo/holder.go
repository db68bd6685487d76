package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

const (
	// HolderCommand is the hidden command whose body is Hold.
	HolderCommand = "demo-holder"
	// HolderArgs is the number of its arguments: store, state directory and host name.
	HolderArgs = 3
	// ready is the output of a holder that has the lock, and notTaken that of one to which lockcore refused it.
	ready, notTaken = "ready", "not taken"
	// stateName is the file in which daemons write their PID; they clear it before they release the lock.
	stateName = ".daemon-state.json"
)

// Hold takes the lock and keeps it until its input ends. The demo closes the input, or the kernel does when the demo dies.
func Hold(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	signal.Ignore(os.Interrupt) // Ctrl-C is for the demo, which then ends the holder
	dir, stateDir, host := args[0], args[1], args[2]
	store, err := lockcore.Open(dir, lockcore.Options{Hostname: host, Machine: hereID, StateDir: stateDir})
	if err != nil {
		return err
	}
	lock, err := store.Acquire(ctx, store.Inspect(ctx, lockcore.Memory{}), lockcore.Memory{}, false)
	if err != nil {
		if refused(err) {
			fmt.Fprintln(out, notTaken)
		}
		return err
	}
	if err := writeState(dir, os.Getpid()); err != nil {
		return errors.Join(err, lock.Release(ctx))
	}
	fmt.Fprintln(out, ready)
	_, _ = io.Copy(io.Discard, in)
	return errors.Join(writeState(dir, 0), ignoreLost(lock.Release(ctx)))
}

// writeState writes the state file; a pid of 0 clears it.
func writeState(dir string, pid int) error {
	state := map[string]any{"daemon_pid": nil}
	if pid != 0 {
		state["daemon_pid"] = pid
	}
	data, err := json.Marshal(state)
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, fmt.Sprintf("%s.%d.tmp", stateName, os.Getpid()))
	if err := os.WriteFile(temp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, stateName))
}

// ignoreLost drops the error about a takeover, which is part of the story.
func ignoreLost(err error) error {
	if errors.Is(err, lockcore.ErrLost) {
		return nil
	}
	return err
}

// holder is a process that holds the lock of the demo's store.
type holder struct {
	cmd   *exec.Cmd
	stdin io.Closer // closing it ends the process
}

// startHolder starts this program under the title of a daemon of 3.x.
func startHolder(ctx context.Context, dir, stateDir, host string) (*holder, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var stderr strings.Builder
	real, err := fsx.Real(dir) // as daemons name their store
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, HolderCommand, dir, stateDir, host)
	cmd.Args[0] = lockcore.DaemonTitle + " store=" + real
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	h := &holder{cmd, in}
	switch line, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) {
	case ready:
		return h, nil
	case notTaken:
		return nil, errors.Join(errNotTaken, h.kill())
	default:
		return nil, errors.Join(err, h.kill(), errors.New(strings.TrimSpace(stderr.String())))
	}
}

// errNotTaken reports that a holder could not take the lock because another process changed it.
var errNotTaken = errors.New("the lock was not taken")

// stop lets the process release the lock and end.
func (h *holder) stop() error {
	h.stdin.Close()
	return h.cmd.Wait()
}

// kill kills the process. Its exit status is no error.
func (h *holder) kill() error {
	if err := h.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	var killed *exec.ExitError
	if err := h.cmd.Wait(); err != nil && !errors.As(err, &killed) {
		return err
	}
	return nil
}
