//go:build unix

package watch

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
)

// childTimeout is shorter than this program's own timeout, so that the output shows what hung.
const childTimeout = "-test.timeout=4m"

// asNobody runs the calling test, which runs as root, again as a user to whom file permissions apply.
func asNobody(t *testing.T) {
	t.Helper()
	const nobody = 65534
	cmd := again(t)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	cmd.Dir = "/"
	cmd.Env = append(cmd.Env, "TMPDIR=/tmp") // $TMPDIR may be private
	out, err := cmd.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EINVAL) { // no CAP_SETUID, or a user namespace without other users
		t.Skipf("this root may not become another user: %v", err)
	}
	if err != nil {
		t.Errorf("as user %d: %v\n%s", nobody, err, out)
	}
}

// alone runs the calling test again in a separate process.
func alone(t *testing.T) {
	t.Helper()
	if out, err := again(t).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// again returns a command that runs the calling test in a copy of the test program, which ends no later than this process.
func again(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", childTimeout)
	if runtime.GOOS == "linux" {
		cmd.Path = "/proc/self/exe" // which other users may run even if its directory is private
	}
	_, err := cmd.StdinPipe()
	ok(t, err)
	cmd.Env = append(os.Environ(), aloneVariable+"=1")
	return cmd
}
