//go:build linux

package e2e

import (
	"context"
	"errors"
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
	home     *testdesk.Home
	env      []string
	children map[string][]*testdesk.Process // by name

	bus      *testdesk.Bus
	conn     *dbus.Conn
	messages *monitor
	panel    *testdesk.Process
	notifier *testdesk.Process
}

// newDesktop returns a session that ends with the test. Its programs see nothing of the real session.
func newDesktop(ctx context.Context, t testing.TB, o options) *desktop {
	d := &desktop{ctx: ctx, t: t, options: o, home: testdesk.NewHome(t), bus: testdesk.NewBus(t), children: map[string][]*testdesk.Process{}}
	d.env = slices.Concat(d.bus.Env(), d.home.Env(), []string{
		"XDG_CURRENT_DESKTOP=" + panels[o.panel].desktop,
		"LANG=C.UTF-8",
		"NO_AT_BRIDGE=1", // there is no accessibility bus
		"GTK_A11Y=none",
		"GTK_THEME=" + themes[o.theme].gtk,
	})
	t.Cleanup(func() {
		if err := d.saveLogs(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// saveLogs writes the output of the children, into one file for each name.
func (d *desktop) saveLogs() (err error) {
	for name, children := range d.children {
		var log []byte
		for _, c := range children {
			log = append(log, c.Stdout()+c.Stderr()...)
		}
		err = errors.Join(err, os.WriteFile(filepath.Join(d.options.out, name+".log"), log, 0o644))
	}
	return err
}

// up starts the session without its panel. It starts each part when the previous one is ready.
func (d *desktop) up() error {
	for _, part := range []func() error{d.startX, d.connectBus, d.paint, d.preparePanel, d.startNotifier} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// start starts a program in the session.
func (d *desktop) start(p program, args ...string) (*testdesk.Process, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	return d.launch(p.name, testdesk.Command{Path: path, Args: args}), nil
}

func (d *desktop) launch(name string, c testdesk.Command) *testdesk.Process {
	c.Home, c.Env = d.home, d.env
	p := c.Start(d.t)
	d.children[name] = append(d.children[name], p)
	return p
}

// kill kills a program and waits for its end.
func (d *desktop) kill(p *testdesk.Process) error {
	p.Kill()
	_, err := p.Wait(d.ctx)
	return err
}

// toolTime bounds the run of a tool. The program import waits forever for a
// server that does not reply.
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
