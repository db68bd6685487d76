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

// lockbarVariable names a binary to test instead of a fresh build, such as a
// package, a release or an older version.
const lockbarVariable = "TESTDESK_LOCKBAR"

// origin keeps the directory and the environment in which this test binary
// started. A test may change its directory or HOME, and go build needs its caches.
var origin = struct {
	dir string
	env []string
}{workingDir(), os.Environ()}

func workingDir() string {
	dir, _ := os.Getwd() // exec.Cmd takes "" for the working directory
	return dir
}

// Lockbar returns the path of the program, built once per test process. It is
// built without the race detector, because fyne.io/systray has a race of its
// own and benchmarks measure the program that users run.
func Lockbar(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(lockbarVariable); path != "" {
		return path
	}
	return Build(t, ".")
}

// Build builds the main package in a directory, given relative to the module's
// root, and returns the path of the binary. It builds once per test process,
// into a temporary directory that [Main] removes.
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

// Main runs the tests and then removes the binaries of Build. A package that
// uses Build calls it:
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
	// GOFLAGS may have -race for the tests. The packages for Linux are built without cgo.
	cmd := exec.Command("go", "build", "-race=false", "-o", path, ".")
	cmd.Dir, cmd.Env = source, append(slices.Clip(origin.env), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build in %s: %w\n%s", source, err, output)
	}
	return path, nil
}

// target makes a directory for one binary and returns the path of the binary.
// It is named after the directory of its source, as by go install, except for
// Lockbar itself, because a checkout may have any name.
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

// moduleRoot returns the directory of the go.mod that applies in dir.
// (runtime.Caller returns no real paths under -trimpath.)
func moduleRoot(dir string) (string, error) {
	cmd := exec.Command("go", "env", "GOMOD")
	cmd.Dir, cmd.Env = dir, origin.env
	mod, err := cmd.Output()
	if root, name := filepath.Split(strings.TrimSpace(string(mod))); err != nil || name == "go.mod" {
		return root, err
	}
	return "", fmt.Errorf("no go.mod at or above %q", dir)
}
