package lockcore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/internal/machine"
	"lockbar/lockcore"
)

func init() { roles["actor"], roles["container"] = playActor, playContainer }

// An actor is a process that looks like a daemon, or nearly. Its argument vector and environment are real. It reads its instructions,
// the exported fields, from standard input, so that they do not enlarge the room for the title. When it has followed them, it prints
// "ready".
type actor struct {
	Title  string    // written over its arguments and environment as setproctitle does
	NoEnv  bool      // as with SPT_NOENV: the environment is not overwritten
	Wipe   bool      // the environment begins with NUL, and the arguments are not overwritten
	Open   string    // a file to create and open
	Flock  string    // a file to lock with flock(2)
	Shared bool      // the lock on Flock is a shared one
	Waits  bool      // it takes the lock on Flock only after "ready", since it has to wait for it
	Bind   [2]string // a directory, and where to mount it
	Chroot string
	Chdir  string

	args []string
	env  []string        // in addition to the variables of the role
	with func(*exec.Cmd) // changes the command before its start
}

// start starts the actor and waits until it is ready.
func (a actor) start(t testing.TB) *child {
	t.Helper()
	cmd := command("actor")
	cmd.Args, cmd.Env = a.args, append(a.env, roleVariable+"=actor", "GORACE=atexit_sleep_ms=0")
	if a.Chroot != "" && os.Geteuid() != 0 {
		a.with = ownMounts // chroot needs root, or a user namespace of its own
	}
	if a.with != nil {
		a.with(cmd)
		if err := allowed(cmd.SysProcAttr); err != nil {
			skipUnlessPrivileged(t, "not permitted here: "+err.Error())
		}
	}
	c := startCommand(t, cmd)
	script, err := json.Marshal(a)
	noError(t, err)
	c.send(string(script))
	if got := c.receive(); got != "ready" {
		if strings.Contains(got, unix.EPERM.Error()) {
			skipUnlessPrivileged(t, "not permitted here: "+got)
		}
		t.Fatal(got)
	}
	return c
}

// playActor follows its instructions and lives until its standard input ends.
func playActor([]string) {
	var a actor
	in := json.NewDecoder(os.Stdin)
	if err := in.Decode(&a); err != nil {
		panic(err)
	}
	if err := a.play(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("ready")
	if a.Waits {
		_ = a.lock()
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func (a actor) play() error {
	if a.Bind[0] != "" {
		if err := unix.Mount(a.Bind[0], a.Bind[1], "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount: %w", err)
		}
	}
	if a.Open != "" {
		if _, err := openForever(a.Open); err != nil {
			return err
		}
	}
	if a.Flock != "" && !a.Waits {
		if err := a.lock(); err != nil {
			return err
		}
	}
	if a.Chroot != "" {
		if err := unix.Chroot(a.Chroot); err != nil {
			return fmt.Errorf("chroot: %w", err)
		}
	}
	if a.Chdir != "" {
		if err := os.Chdir(a.Chdir); err != nil {
			return err
		}
	}
	if a.Title == "" && !a.Wipe {
		return nil
	}
	return a.overwrite()
}

// overwrite does what setproctitle 1.3 does: it copies the title into the arguments and the environment (strlcpy), and fills the rest
// with NULs, except for the last byte, which is NUL already. With Wipe it only writes a NUL at the beginning of the environment.
func (a actor) overwrite() error {
	start, arguments, environment, err := titleArea()
	if err != nil {
		return err
	}
	switch {
	case a.Wipe:
		return writeMemory(start+arguments, []byte{0})
	case a.NoEnv:
		environment = 0
	}
	room := make([]byte, arguments+environment-1)
	copy(room[:len(room)-1], a.Title)
	return writeMemory(start, room)
}

// titleArea returns the address of our arguments, and the sizes of the arguments and of the environment directly after them.
func titleArea() (start, arguments, environment int64, err error) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, 0, 0, err
	}
	const argStart = 48 - 3 // arg_start is field 48 of proc(5), and the fields after the name begin with field 3
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var at [4]int64 // arg_start, arg_end, env_start, env_end
	for i := range at {
		if at[i], err = strconv.ParseInt(fields[argStart+i], 10, 64); err != nil {
			return 0, 0, 0, err
		}
	}
	return at[0], at[1] - at[0], at[3] - at[2], nil
}

func writeMemory(offset int64, data []byte) error {
	mem, err := os.OpenFile("/proc/self/mem", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer mem.Close()
	_, err = mem.WriteAt(data, offset)
	return err
}

// openForever opens a file that the garbage collector does not close.
func openForever(path string) (fd int, err error) {
	return unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
}

func (a actor) lock() error {
	fd, err := openForever(a.Flock)
	if err != nil {
		return err
	}
	how := unix.LOCK_EX
	if a.Shared {
		how = unix.LOCK_SH
	}
	return unix.Flock(fd, how)
}

// padding returns an actor with one more variable, so that its arguments and environment together are exactly spare bytes longer than
// the title and its NUL.
func (a actor) padding(t testing.TB, spare int) actor {
	t.Helper()
	taken := len(roleVariable+"=actor") + 1 + len("GORACE=atexit_sleep_ms=0") + 1
	for _, s := range append(a.args, a.env...) {
		taken += len(s) + 1
	}
	missing := len(a.Title) + 1 + spare - taken - len("PAD=") - 1
	if missing < 0 {
		t.Fatalf("the arguments are %d bytes too long for the title %q", -missing, a.Title)
	}
	a.env = append(a.env, "PAD="+strings.Repeat("x", missing))
	return a
}

// ownMounts gives a process its own mount namespace, and unless we are root, a user namespace in which it may mount.
func ownMounts(cmd *exec.Cmd) { namespaces(cmd, syscall.CLONE_NEWNS) }

func namespaces(cmd *exec.Cmd, flags uintptr) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: flags &^ syscall.CLONE_NEWPID, Cloneflags: flags & syscall.CLONE_NEWPID}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
}

// contained identifies a process in a PID namespace of its own.
type contained struct{ inner, outer int } // its PID in that namespace and in ours

// inContainer starts a daemon of a store in a PID namespace of its own, with a PID that no process has here. The daemon holds flock(2)
// on the file flock, unless flock is empty.
func inContainer(t *testing.T, store, flock string) contained {
	t.Helper()
	cmd := command("container", titleOf(store), flock)
	namespaces(cmd, syscall.CLONE_NEWPID)
	if err := allowed(cmd.SysProcAttr); err != nil {
		skipUnlessPrivileged(t, "no PID namespaces here: "+err.Error())
	}
	first := startCommand(t, cmd)
	for wanted := lockcore.MaxPID >> 16; wanted > 1; wanted-- {
		if lockcore.Probe(wanted).Status != lockcore.Gone {
			continue
		}
		first.send(strconv.Itoa(wanted))
		inner, err := strconv.Atoi(first.receive())
		noError(t, err)
		if lockcore.Probe(inner).Status == lockcore.Gone {
			return contained{inner, outerPID(t, first.pid(), inner)}
		}
	}
	skipUnlessCI(t, "every PID of the namespace is in use here too")
	return contained{}
}

// allowed returns an error if we may not start a process with these attributes; in most containers we may not.
func allowed(attributes *syscall.SysProcAttr) error {
	cmd := command("exit")
	cmd.SysProcAttr = attributes
	return cmd.Run()
}

// outerPID returns our PID of the child of parent that has the PID inner in its own namespace.
func outerPID(t *testing.T, parent, inner int) int {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/status")
	noError(t, err)
	for _, path := range processes {
		status, err := os.ReadFile(path)
		isChild := bytes.Contains(status, fmt.Appendf(nil, "\nPPid:\t%d\n", parent))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || !isChild || machine.InnerPID(pid) != inner {
			continue
		}
		return pid
	}
	t.Fatalf("process %d of the namespace was not found here", inner)
	return 0
}

// playContainer acts as the first process of a PID namespace. It reads lines with a PID each, starts a daemon with the title args[0] and,
// if possible, that PID in the namespace, and prints the daemon's PID there.
func playContainer(args []string) {
	for {
		var wanted int
		if _, err := fmt.Scanln(&wanted); err != nil {
			return // which ends all processes of the namespace
		}
		// The next process of this namespace gets the next number. If the number cannot be set, inContainer checks the one that comes.
		_ = os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(strconv.Itoa(wanted-1)), 0)
		fmt.Println(startContained(args[0], args[1]))
	}
}

func startContained(title, flock string) int {
	cmd := command("actor")
	cmd.Args = []string{title}
	in, err := cmd.StdinPipe()
	must(err)
	out, err := cmd.StdoutPipe()
	must(err)
	must(cmd.Start())
	must(json.NewEncoder(in).Encode(actor{Flock: flock}))
	ready := make([]byte, len("ready\n"))
	_, err = io.ReadFull(out, ready)
	must(err)
	return cmd.Process.Pid
}
