//go:build linux

package testdesk

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Bus is a private session bus, a dbus-daemon that only this test uses.
type Bus struct {
	cmd     *exec.Cmd
	dir     string
	address string
	log     bytes.Buffer // the daemon's stderr; complete once it has ended
}

// NewBus starts a message bus that ends with the test. Where there is no
// dbus-daemon it skips the test, or fails it in CI.
func NewBus(t testing.TB) *Bus {
	t.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		missing(t, "no dbus-daemon on PATH (Debian: apt install dbus-daemon)")
	}
	bus := &Bus{dir: socketDir(t)}
	t.Cleanup(bus.Kill)
	if err := bus.start(); err != nil {
		t.Fatal(err)
	}
	return bus
}

// socketDir makes a directory with a short name: the path of a unix socket has
// room for 107 bytes, and t.TempDir may return a longer one.
func socketDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "testdesk-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// start starts the daemon and waits for the address, which the daemon prints when it listens.
func (b *Bus) start() error {
	config := filepath.Join(b.dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, filepath.Join(b.dir, "bus")), 0o600); err != nil {
		return err
	}
	cmd := exec.Command("dbus-daemon", "--nofork", "--config-file="+config, "--print-address")
	cmd.Env, cmd.Stderr = bareEnv(), &b.log
	// A panic of the test binary (go test -timeout) runs no Cleanup.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	output, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		return err
	}
	b.cmd = cmd
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		b.Kill()
		return fmt.Errorf("dbus-daemon printed no address: %w\n%s", err, b.log.String())
	}
	b.address = strings.TrimSpace(line)
	return nil
}

// Address returns the value for DBUS_SESSION_BUS_ADDRESS.
func (b *Bus) Address() string { return b.address }

// Env returns this process's environment with this bus as the session bus, and
// without a display, a system bus or anything else of the real desktop. A nil
// Bus returns an environment without any session.
func (b *Bus) Env() []string {
	if b == nil {
		return bareEnv()
	}
	return append(bareEnv(),
		"DBUS_SESSION_BUS_ADDRESS="+b.address,
		"DBUS_SYSTEM_BUS_ADDRESS=unix:path="+filepath.Join(b.dir, "no-system-bus"))
}

// Kill kills the bus and waits for its end. Further calls do nothing.
func (b *Bus) Kill() {
	if b.cmd == nil {
		return
	}
	b.cmd.Process.Kill()
	b.cmd.Wait()
	b.cmd = nil
}

// Listen calls receive with every signal that matches, at once and in order,
// until the test ends. receive must not block or call out.
func (b *Bus) Listen(t testing.TB, receive func(*dbus.Signal), match ...dbus.MatchOption) {
	t.Helper()
	if err := b.connect(t, receive).AddMatchSignal(match...); err != nil {
		t.Fatal(err)
	}
}

// Connect opens a private connection that ends with the test.
func (b *Bus) Connect(t testing.TB) *dbus.Conn {
	t.Helper()
	return b.connect(t, nil)
}

func (b *Bus) connect(t testing.TB, r receiver) *dbus.Conn {
	t.Helper()
	conn, err := b.dial(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// busConfig configures a bus that listens at a socket and allows everything. Without <servicedir> it starts no service by itself.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`
