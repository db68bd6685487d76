package lockcore_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lockbar/lockcore"
)

func init() { roles["look"] = playLooker }

// lookMark is a missing path. Opening it marks the beginning and the end of the look in the trace.
const lookMark = "/lockcore-test-mark"

// playLooker looks twice at a store; the first look also loads the time zone, once for the process.
func playLooker(args []string) {
	s := mustOpen(args[0], "")
	inspect(s)
	_, _ = os.Open(lookMark)
	now := inspect(s)
	_, _ = os.Open(lookMark)
	if now.State != lockcore.HeldHere {
		panic(now.State.String() + " " + now.Problem.Err)
	}
}

var openedPath = regexp.MustCompile(`open(?:at)?\((?:AT_FDCWD, )?"([^"]*)"`)

// TestOpensThreeFiles checks that a look at a lock that is held here opens the lock and two files of /proc, and lists the directory.
func TestOpensThreeFiles(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		skipUnlessCI(t, "no strace")
	}
	s := newStore(t)
	holder := waiter(t)
	write(t, s, of(host, holder.pid()).Encode())
	trace := filepath.Join(t.TempDir(), "trace")
	look := command("look", s.Dir())
	cmd := exec.Command(strace, append([]string{"-f", "-o", trace, "-e", "trace=?open,openat", os.Args[0]}, look.Args[1:]...)...)
	cmd.Env = look.Env
	switch out, err := cmd.CombinedOutput(); {
	case strings.Contains(string(out), "Operation not permitted"):
		t.Skipf("strace may not trace here: %s", out)
	case err != nil:
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(data), lookMark)
	if len(parts) != 3 {
		t.Fatalf("no look in the trace: %s", data)
	}
	var files, directories []string
	for _, m := range openedPath.FindAllStringSubmatch(parts[1], -1) {
		if m[1] == s.Dir() {
			directories = append(directories, m[1])
		} else {
			files = append(files, m[1])
		}
	}
	if len(files) > 3 || len(files) == 0 || len(directories) != 1 {
		t.Errorf("opened %q and listed %q", files, directories)
	}
}
