package watch

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"lockbar/internal/testfs"
)

// aloneVariable marks a copy of the test program that runs one test: as another user, or so that it and the other tests do not disturb each
// other. The copy ends when its input ends, so no later than the program that started it.
const aloneVariable = "LOCKBAR_WATCH_ALONE"

// childVariable holds the role of a copy of the test program.
const childVariable = "LOCKBAR_WATCH_CHILD"

// roleSleep is the role of a child that does nothing until its input ends.
const roleSleep = "sleep"

// roles maps the roles of a copy of the test program to what they do.
var roles = map[string]func() error{
	roleSleep: func() error { _, err := io.Copy(io.Discard, os.Stdin); return err },
}

func TestMain(m *testing.M) {
	if role := os.Getenv(childVariable); role != "" {
		if err := roles[role](); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if os.Getenv(aloneVariable) != "" {
		go endWithInput()
	}
	testfs.Together(8) // the tests wait much more than they work
	os.Exit(m.Run())
}

func endWithInput() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	fmt.Fprintln(os.Stderr, "the program that started this test has ended")
	os.Exit(1)
}

// command returns a copy of the test program in a role.
func command(role string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+role)
	return cmd
}

// started starts a process that ends with its input, so no later than this program.
func started(t testing.TB, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	_, err := cmd.StdinPipe()
	ok(t, err)
	ok(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

func ok(t testing.TB, err error) {
	t.Helper()
	testfs.Check(t, err)
}
