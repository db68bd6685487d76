//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// endTime bounds the wait for a process to end before it is killed.
const endTime = 2 * time.Second

// child is a process and its descendants. They form a group, which is signalled
// as one.
type child struct {
	name string
	cmd  *exec.Cmd
	log  string        // path of its output
	done chan struct{} // closed when it has ended
}

// start starts a program in the session. Its output goes to a file in the output
// directory.
func (d *desktop) start(name, path string, args ...string) (*child, error) {
	return d.startWith(name, func(*exec.Cmd) {}, path, args...)
}

// startWith does what start does, and lets set change the command.
func (d *desktop) startWith(name string, set func(*exec.Cmd), path string, args ...string) (*child, error) {
	log, err := d.openLog(name)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c := &child{name: name, cmd: exec.Command(path, args...), log: log.Name(), done: make(chan struct{})}
	c.cmd.Env, c.cmd.Dir = d.env, d.home()
	set(c.cmd)
	c.cmd.Stdout, c.cmd.Stderr = log, log
	// The death signal is for a kill of this process, which runs no cleanup.
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	d.children = append(d.children, c)
	go func() { c.cmd.Wait(); close(c.done) }()
	return c, nil
}

// openLog begins a new log for the first process of a name.
func (d *desktop) openLog(name string) (*os.File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if !slices.ContainsFunc(d.children, func(c *child) bool { return c.name == name }) {
		flags |= os.O_TRUNC
	}
	return os.OpenFile(filepath.Join(d.options.out, name+".log"), flags, 0o644)
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// signal sends a signal to the group.
func (c *child) signal(sig syscall.Signal) error {
	return syscall.Kill(-c.pid(), sig)
}

// kill kills the group and waits for the process.
func (c *child) kill() {
	c.signal(syscall.SIGKILL) // fails if all have ended
	<-c.done
}

// end sends SIGTERM before it kills the group. SIGCONT lets a stopped process handle it.
func (c *child) end() {
	c.signal(syscall.SIGTERM)
	c.signal(syscall.SIGCONT)
	select {
	case <-c.done:
	case <-time.After(endTime):
	}
	c.kill() // the group may outlive its leader
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func (c *child) waitEnd() error {
	select {
	case <-c.done:
		return nil
	case <-time.After(patience):
		return errors.New(c.name + " does not end")
	}
}

// output returns the output so far.
func (c *child) output() string {
	text, _ := os.ReadFile(c.log) // empty without a log
	return string(text)
}
