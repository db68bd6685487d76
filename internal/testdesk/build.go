//go:build linux

package testdesk

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// module is the path of Lockbar's module and main package.
const module = "lockbar"

// lockbarVariable may be set to a binary to test instead of a fresh build, such
// as that of a package, of a release or of an older version.
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

// Lockbar returns the path of the program: the one that TESTDESK_LOCKBAR names,
// or a build of this test process. The build has no race detector, because
// fyne.io/systray has a race of its own and benchmarks measure the program that
// users run.
func Lockbar(t testing.TB) string {
	t.Helper()
	if program := os.Getenv(lockbarVariable); program != "" {
		return program
	}
	return Build(t, ".")
}

// Build builds the main package in a directory, given relative to the module's
// root, and returns the path of the binary. It builds each package once per test
// process, into a temporary directory that [Main] removes.
func Build(t testing.TB, dir string) string {
	t.Helper()
	once, _ := builds.LoadOrStore(dir, sync.OnceValues(func() (string, error) { return build(dir) }))
	return Must(once.(func() (string, error))())(t)
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

// build builds a package. go build names the binary after the package, so each has a directory of its own.
func build(dir string) (string, error) {
	out, err := binaries()
	if err != nil {
		return "", err
	}
	name := path.Join(module, dir)
	target := filepath.Join(out, name)
	// GOFLAGS may have -race for the tests. Releases for Linux are built without cgo.
	cmd := exec.Command("go", "build", "-race=false", "-o", target+"/", name)
	cmd.Dir, cmd.Env = origin.dir, append(slices.Clip(origin.env), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", name, err, output)
	}
	return filepath.Join(target, path.Base(name)), nil
}
