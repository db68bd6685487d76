//go:build linux

package testdesk

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Bus is a private session bus: a dbus-daemon that nobody else knows of.
type Bus struct {
	cmd     *exec.Cmd
	dir     string
	address string
	log     bytes.Buffer // the daemon's stderr; complete once it has ended
}

// NewBus starts a message bus that ends with the test. Where there is no
// dbus-daemon it skips the test, or fails it under CI.
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

// socketDir makes a directory with a short name: a unix socket's path has
// room for 107 bytes, and t.TempDir may use them all up.
func socketDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "testdesk-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (b *Bus) start() error {
	config := filepath.Join(b.dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, filepath.Join(b.dir, "bus")), 0o600); err != nil {
		return err
	}
	printed, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer printed.Close()
	defer theirs.Close()
	if err := b.launch(config, theirs); err != nil {
		return err
	}
	theirs.Close() // else the daemon's early death would not end our read
	return b.readAddress(printed)
}

func (b *Bus) launch(config string, addressTo *os.File) error {
	// Descriptor 3 is the first of ExtraFiles.
	cmd := exec.Command("dbus-daemon", "--nofork", "--config-file="+config, "--print-address=3")
	cmd.ExtraFiles = []*os.File{addressTo}
	cmd.Env = bareEnv()
	cmd.Stderr = &b.log
	// A panic of the test binary (go test -timeout) runs no Cleanup.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	b.cmd = cmd
	return nil
}

// readAddress waits until the daemon listens: it prints its address then.
func (b *Bus) readAddress(printed *os.File) error {
	if err := printed.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	line, err := bufio.NewReader(printed).ReadString('\n')
	if err != nil {
		b.Kill()
		return fmt.Errorf("dbus-daemon printed no address: %w\n%s", err, b.log.String())
	}
	b.address = strings.TrimSpace(line)
	return nil
}

// Address is what belongs into DBUS_SESSION_BUS_ADDRESS.
func (b *Bus) Address() string { return b.address }

// Env is this process' environment with this bus as the session bus, and
// without a display, a system bus or anything else of the real desktop. A nil
// Bus gives an environment without any session.
func (b *Bus) Env() []string {
	if b == nil {
		return bareEnv()
	}
	return append(bareEnv(),
		"DBUS_SESSION_BUS_ADDRESS="+b.address,
		"DBUS_SYSTEM_BUS_ADDRESS=unix:path="+filepath.Join(b.dir, "no-system-bus"))
}

// Kill ends the bus as a crash would, and returns when it is gone. Further
// calls do nothing.
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
	conn, err := b.dial(receive)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.AddMatchSignal(match...); err != nil {
		t.Fatal(err)
	}
}

// Connect opens a private connection that ends with the test, for whatever
// the other types here do not do.
func (b *Bus) Connect(t testing.TB) *dbus.Conn {
	t.Helper()
	conn, err := b.dial(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// busConfig is a bus that listens at a socket, lets everybody do everything, and starts nothing by itself: no <servicedir>, so that a
// service that nobody starts is simply not there.
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
