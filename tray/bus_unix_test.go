//go:build unix && !darwin

package tray

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/testfs"
)

func TestWatcherCame(t *testing.T) {
	for _, test := range []struct {
		name string
		body []any
		want bool
	}{
		{"came", []any{watcherName, "", ":1.7"}, true},
		{"another took over", []any{watcherName, ":1.7", ":1.8"}, true},
		{"went", []any{watcherName, ":1.7", ""}, false},
		{"somebody else", []any{"org.example", "", ":1.7"}, false},
		{"short", []any{watcherName}, false},
		{"odd", []any{watcherName, "", 7}, false},
	} {
		if got := watcherCame(&dbus.Signal{Body: test.body}); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	if watcherCame(nil) {
		t.Error("a closed channel counts as a watcher")
	}
}

func TestNoBusIsNoDesktop(t *testing.T) {
	dir := t.TempDir()
	for _, address := range []string{"unix:path=" + filepath.Join(dir, "none"), "nonsense", "autolaunch:scope=*x"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		if _, err := openBus(t.Context(), newLogs(io.Discard, true)); !errors.Is(err, ErrNoDesktop) {
			t.Errorf("%s: %v", address, err)
		}
		if HasDesktop(t.Context()) {
			t.Errorf("%s counts as a desktop", address)
		}
	}
}

// TestBusThatHangsUp checks that a socket that closes each connection does not count as a desktop.
func TestBusThatHangsUp(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "lockbar") // a socket needs a short path
	testfs.Check(t, err)
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "bus")
	socket, err := net.Listen("unix", path)
	testfs.Check(t, err)
	defer socket.Close()
	go func() {
		for {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	if HasDesktop(t.Context()) {
		t.Error("it counts as a desktop")
	}
}
