//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/testdesk"
)

// desktop is one session without lockbar.
type desktop struct {
	ctx      context.Context
	t        testing.TB
	options  options
	dir      string
	env      []string
	children []*child // in the order of their start

	bus      *testdesk.Bus
	conn     *dbus.Conn
	messages *monitor
	panel    *child
	notifier *child
}

func newDesktop(ctx context.Context, t testing.TB, o options) (*desktop, error) {
	dir, err := os.MkdirTemp("/tmp", "lockbar-round-")
	if err != nil {
		return nil, err
	}
	d := &desktop{ctx: ctx, t: t, options: o, dir: dir, bus: testdesk.NewBus(t)}
	d.env = d.environment()
	return d, d.makeHome()
}

func (d *desktop) home() string    { return filepath.Join(d.dir, "home") }
func (d *desktop) config() string  { return filepath.Join(d.home(), ".config") }
func (d *desktop) runtime() string { return filepath.Join(d.dir, "run") }

// environment returns the environment of the children, which has nothing of the real session.
func (d *desktop) environment() []string {
	env := []string{
		"HOME=" + d.home(),
		"XDG_CONFIG_HOME=" + d.config(),
		"XDG_CACHE_HOME=" + filepath.Join(d.home(), ".cache"),
		"XDG_DATA_HOME=" + filepath.Join(d.home(), ".local", "share"),
		"XDG_RUNTIME_DIR=" + d.runtime(),
		"XDG_CURRENT_DESKTOP=" + panels[d.options.panel].desktop,
		"DBUS_SESSION_BUS_ADDRESS=" + d.bus.Address(),
		"PATH=" + os.Getenv("PATH"),
		"LANG=C.UTF-8",
		"NO_AT_BRIDGE=1", // there is no accessibility bus
		"GTK_A11Y=none",
		"GTK_THEME=" + themes[d.options.theme].gtk,
	}
	if zone, ok := os.LookupEnv("TZ"); ok {
		env = append(env, "TZ="+zone)
	}
	return env
}

func (d *desktop) makeHome() error {
	for _, dir := range []string{d.config(), d.runtime()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	return nil
}

// up starts the session without its panel, each part after the one before is ready.
func (d *desktop) up() error {
	for _, part := range []func() error{d.startX, d.connectBus, d.paint, d.preparePanel, d.startNotifier} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// down ends all children, the last one first.
func (d *desktop) down() {
	for _, c := range slices.Backward(d.children) {
		c.end()
	}
	os.RemoveAll(d.dir)
}

// toolTime bounds the run of a tool: import waits forever for a server that does
// not reply.
const toolTime = 10 * time.Second

// run runs a tool in the session and returns its output.
func (d *desktop) run(p program, args ...string) ([]byte, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(d.ctx, toolTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = d.env
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%s %q: %w", p.name, args, err)
	}
	return out, nil
}
