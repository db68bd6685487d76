//go:build unix && !darwin

package desktop

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"lockbar/internal/testfs"
)

func TestRuntimeBus(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "lockbar;") // a socket needs a short path
	testfs.Check(t, err)
	defer os.RemoveAll(dir)
	socket, err := net.Listen("unix", filepath.Join(dir, "bus"))
	testfs.Check(t, err)
	defer socket.Close()
	file := t.TempDir()
	testfs.Check(t, os.WriteFile(filepath.Join(file, "bus"), nil, 0o600))
	found := "unix:path=/tmp/lockbar%3b" + filepath.Base(dir)[len("lockbar;"):] + "/bus"
	for _, test := range []struct{ name, runtime, address, want string }{
		{"there", dir, "", found},
		{"another is named", dir, "unix:path=/other", ""},
		{"none", filepath.Join(dir, "none"), "", ""},
		{"no variable", "", "", ""},
		{"relative", "run", "", ""},
		{"a file", file, "", ""},
	} {
		env := map[string]string{"XDG_RUNTIME_DIR": test.runtime, addressVariable: test.address}
		if got := runtimeBus(func(k string) string { return env[k] }); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if os.Geteuid() == 0 {
		testfs.Check(t, os.Chown(filepath.Join(dir, "bus"), 65534, 65534))
		if got := runtimeBus(func(k string) string { return map[string]string{"XDG_RUNTIME_DIR": dir}[k] }); got != "" {
			t.Errorf("another user's bus: %q", got)
		}
	}
}
