package cli

import (
	"bufio"
	"os"
	"syscall"
	"testing"

	"lockbar/internal/testfs"
)

// Only for Linux: it was not tried on macOS, although nothing in it is known to need Linux.

// TestKeysReachTheCommandOnce checks that CMD gets one SIGINT, both for Ctrl-C, which lockbar run passes to CMD's group, and for a SIGINT
// to a lockbar run in the background, which passes it to CMD alone.
func TestKeysReachTheCommandOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		background bool
	}{{"a key", false}, {"a job in the background", true}} {
		t.Run(test.name, func(t *testing.T) {
			keyboard, tty := terminal(t)
			w := newWorld(t)
			cmd := w.command("run", "--", os.Args[0])
			cmd.Env = append(cmd.Env, countVariable+"=1")
			cmd.ExtraFiles = []*os.File{tty} // descriptor 3 is the controlling terminal; standard input is /dev/null
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
			if test.background {
				cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", `set -m; "$@" & wait $!`, "sh"}, cmd.Args...)
			}
			out, err := cmd.StdoutPipe()
			testfs.Check(t, err)
			testfs.Check(t, cmd.Start())
			lines := bufio.NewScanner(out)
			lines.Scan()
			run := w.lockHolder()
			if test.background {
				err = syscall.Kill(run, syscall.SIGINT)
			} else {
				_, err = keyboard.WriteString("\x03")
			}
			if lines.Scan(); err != nil || lines.Text() != "interrupt" {
				t.Fatalf("%q, %v", lines.Text(), err)
			}
			testfs.Check(t, syscall.Kill(run, syscall.SIGTERM))
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != tally(1) {
				t.Errorf("exit code %d (%v), want %d", got, cmd.ProcessState, tally(1))
			}
		})
	}
}
