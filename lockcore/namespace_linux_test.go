package lockcore_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestProcOfAnotherNamespace checks a PID namespace with the /proc of another one, where a PID in /proc is another process. Only
// the existence of our process is known.
func TestProcOfAnotherNamespace(t *testing.T) {
	s := publicStore(t)
	lock := of(host, 1)
	lock.StartedAt = "2001-01-01T00:00:00+00:00"
	write(t, s, lock.Encode())
	makePublic(t, filepath.Dir(s.Dir()))
	looks := command("readonly", "inspect", s.Dir(), "")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", `"$@"; true`, "sh", program}, looks.Args[1:]...)...)
	cmd.Env = looks.Env
	namespaces(cmd, syscall.CLONE_NEWPID)
	if err := allowed(cmd.SysProcAttr); err != nil {
		skipUnlessMighty(t, "no PID namespaces here: "+err.Error())
	}
	if got := startCommand(t, cmd).rest()[0]; got != "held-here" { // the shell, which is number 1 there
		t.Errorf("the lock is %q", got)
	}
}
