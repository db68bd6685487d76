//go:build unix

package watch

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// nobody is an unused user id. It has limits of its own, even beside another run of these tests.
var nobody = uint32(50_000 + os.Getpid()%10_000)

// childTimeout is shorter than this program's own timeout, so that the output shows what hung.
const childTimeout = "-test.timeout=4m"

// runAs runs a test as a user to whom file permissions apply: in this process or, if it is root's, in a copy of the test program.
func runAs(t *testing.T, test func(*testing.T)) {
	t.Helper()
	if os.Getuid() != 0 {
		test(t)
		return
	}
	cmd := again(t, copyProgram(t))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	cmd.Dir = "/"
	cmd.Env = append(cmd.Env, "TMPDIR=/tmp")
	out, err := cmd.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EINVAL) { // no CAP_SETUID, or a user namespace without others
		t.Skipf("this root may not become another user: %v", err)
	}
	if err != nil {
		t.Errorf("as user %d: %v\n%s", nobody, err, out)
	}
}

// alone runs this test in a process of its own.
func alone(t *testing.T) {
	t.Helper()
	if out, err := again(t, os.Args[0]).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// again returns this test in a copy of the test program, which ends no later than this one.
func again(t *testing.T, program string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(program, "-test.run=^"+t.Name()+"$", "-test.v", childTimeout)
	_, err := cmd.StdinPipe()
	ok(t, err)
	cmd.Env = append(os.Environ(), aloneVariable+"=1")
	return cmd
}

// copyProgram copies this program to a place where another user may run it. Nothing is forked meanwhile: a child of another test would
// have the copy open for writing until its exec, and until then nobody could run the copy (ETXTBSY).
func copyProgram(t *testing.T) string {
	dir, err := os.MkdirTemp("/tmp", "lockbar") // $TMPDIR may be private
	ok(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	ok(t, os.Chmod(dir, 0o755))
	program, err := os.Executable()
	ok(t, err)
	from, err := os.Open(program)
	ok(t, err)
	defer from.Close()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	to, err := os.OpenFile(filepath.Join(dir, "watch.test"), os.O_CREATE|os.O_WRONLY, 0o755)
	ok(t, err)
	ok(t, to.Chmod(0o755)) // despite the umask
	_, err = io.Copy(to, from)
	ok(t, err)
	ok(t, to.Close())
	return to.Name()
}
