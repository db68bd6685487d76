package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

const (
	// HolderCommand is the hidden command whose body is Hold.
	HolderCommand = "demo-holder"
	// HolderArgs is the number of HolderCommand's arguments: store, state directory and host name.
	HolderArgs = 3
	// ready is the output of a holder that has the lock. notTaken is its output if lockcore refused the lock.
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
	errState := writeState(dir, 0)
	if err = lock.Release(ctx); errors.Is(err, lockcore.ErrLost) {
		err = nil // a takeover is part of the story
	}
	return errors.Join(errState, err)
}

// writeState writes the state file; a pid of 0 clears it.
func writeState(dir string, pid int) error {
	daemon := "null"
	if pid != 0 {
		daemon = strconv.Itoa(pid)
	}
	temp := filepath.Join(dir, fmt.Sprintf("%s.%d.tmp", stateName, os.Getpid()))
	if err := os.WriteFile(temp, []byte(`{"daemon_pid": `+daemon+`}`), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, stateName))
}

// holder is a process that holds the lock of the demo's store.
type holder struct {
	cmd   *exec.Cmd
	stdin io.Closer // closing it ends the process
}

// startHolder starts this program under the process title of iai-mcp 3.x daemons, and waits until it has taken the lock, or has failed.
func startHolder(ctx context.Context, dir, stateDir, host string) (*holder, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var stderr strings.Builder
	real, err := fsx.Real(dir) // daemons name their store by its real path
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
		h.kill()
		return nil, errNotTaken
	default:
		h.kill()
		return nil, errors.Join(err, errors.New(strings.TrimSpace(stderr.String())))
	}
}

// errNotTaken reports that lockcore refused the lock to a holder.
var errNotTaken = errors.New("the lock was not taken")

// stop lets the process release the lock and end. It ignores errors, since the store shows the result.
func (h *holder) stop() {
	h.stdin.Close()
	_ = h.cmd.Wait()
}

func (h *holder) kill() {
	if err := h.cmd.Process.Kill(); err == nil || errors.Is(err, os.ErrProcessDone) { // else Wait might never return
		_ = h.cmd.Wait()
	}
}
