//go:build linux

package testdesk

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// lockbarVariable names a binary to test instead of a fresh build: a package,
// a release, an older version.
const lockbarVariable = "TESTDESK_LOCKBAR"

// origin is where and in what environment this test binary started, before
// any test changed directory or HOME: go build needs its caches.
var origin = struct {
	dir string
	env []string
}{workingDir(), os.Environ()}

func workingDir() string {
	dir, _ := os.Getwd() // go env takes "" for the same
	return dir
}

// Lockbar returns the path of the program, built once per test process and
// without the race detector: fyne.io/systray has a race of its own, and
// benchmarks want what users run.
func Lockbar(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(lockbarVariable); path != "" {
		return path
	}
	return Build(t, ".")
}

// Build builds the main package in a directory, given relative to the module's
// root, and returns the path of the binary. It builds once per test process.
// The binaries live in a temporary directory that [Main] removes.
func Build(t testing.TB, dir string) string {
	t.Helper()
	once, _ := builds.LoadOrStore(dir, sync.OnceValues(func() (string, error) { return build(dir) }))
	path, err := once.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var builds sync.Map // directory -> func() (string, error)

// Main runs the tests and then removes what Build built. A package that uses
// Build wants it:
//
//	func TestMain(m *testing.M) { os.Exit(testdesk.Main(m)) }
func Main(m *testing.M) int {
	defer func() {
		if dir, err := binaries(); err == nil {
			os.RemoveAll(dir)
		}
	}()
	return m.Run()
}

var binaries = sync.OnceValues(func() (string, error) {
	return os.MkdirTemp("", "testdesk-bin-")
})

func build(dir string) (string, error) {
	root, err := moduleRoot(origin.dir)
	if err != nil {
		return "", err
	}
	source := filepath.Join(root, dir)
	path, err := target(source, dir == ".")
	if err != nil {
		return "", err
	}
	// GOFLAGS may hold -race for the tests. Without cgo, as the packages for Linux are built.
	cmd := exec.Command("go", "build", "-race=false", "-o", path, ".")
	cmd.Dir, cmd.Env = source, append(slices.Clip(origin.env), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build in %s: %w\n%s", source, err, said)
	}
	return path, nil
}

// target makes a directory for one binary. The binary is called like the
// directory of its source, as go install does, but for the program itself: a
// checkout may be called anything.
func target(source string, isLockbar bool) (string, error) {
	out, err := binaries()
	if err != nil {
		return "", err
	}
	name := filepath.Base(source)
	if isLockbar {
		name = "lockbar"
	}
	dir, err := os.MkdirTemp(out, name+"-")
	return filepath.Join(dir, name), err
}

// moduleRoot is the directory of the go.mod that counts in dir. (The paths that
// runtime.Caller gives are no paths under -trimpath.)
func moduleRoot(dir string) (string, error) {
	cmd := exec.Command("go", "env", "GOMOD")
	cmd.Dir, cmd.Env = dir, origin.env
	mod, err := cmd.Output()
	if root, name := filepath.Split(strings.TrimSpace(string(mod))); err != nil || name == "go.mod" {
		return root, err
	}
	return "", fmt.Errorf("no go.mod at or above %q", dir)
}
