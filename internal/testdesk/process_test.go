//go:build linux

package testdesk_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"

	. "lockbar/internal/testdesk"
)

func shell(t *testing.T, bus *Bus, script string) *Process {
	t.Helper()
	return Command{Bus: bus, Path: "/bin/sh", Args: []string{"-c", script}}.Start(t)
}

func TestProcessOutputAndExitCode(t *testing.T) {
	ctx := Deadline(t)
	p := shell(t, nil, `echo one; echo two; echo oops >&2; printf 'no newline'; exit 7`)
	one := Must(p.WaitLine(ctx, "o"))(t)
	if one.Text != "one" && one.Text != "oops" {
		t.Errorf("first line is %+v", one)
	}
	Must(p.WaitLineFrom(ctx, one.Index+1, "o"))(t)
	if code := Must(p.Wait(ctx))(t); code != 7 {
		t.Errorf("exit code %d", code)
	}
	if p.Stdout() != "one\ntwo\nno newline" || p.Stderr() != "oops\n" {
		t.Errorf("printed %q and %q", p.Stdout(), p.Stderr())
	}
	last := Must(p.WaitLine(ctx, "newline"))(t)
	if last.Stream != Stdout || last.Received.Before(p.Started) {
		t.Errorf("last line is %+v", last)
	}
}

func TestWaitLineEndsWithTheProcess(t *testing.T) {
	p := shell(t, nil, "echo all there is")
	if line, err := p.WaitLine(Deadline(t), "never"); err == nil || !strings.Contains(err.Error(), "all there is") {
		t.Errorf("got %+v, %v", line, err)
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	p := shell(t, nil, "exec sleep 1000")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait says %v", err)
	}
	if err := p.WaitText(ctx, Stdout, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("WaitText says %v", err)
	}
}

func TestProcessPromptAndSignal(t *testing.T) {
	ctx := Deadline(t)
	p := shell(t, nil, `trap 'exit 3' TERM; printf 'sure? '; while :; do sleep 0.01; done`)
	if err := p.WaitText(ctx, Stdout, "sure? "); err != nil {
		t.Fatal(err)
	}
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := Must(p.Wait(ctx))(t); code != 3 {
		t.Errorf("exit code %d", code)
	}
}

func TestProcessSeesNoRealDesktop(t *testing.T) {
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "IAI_MCP_STORE", "XDG_CURRENT_DESKTOP"} {
		t.Setenv(name, "real")
	}
	bus := NewBus(t)
	tests := []struct {
		name string
		bus  *Bus
		want string
	}{
		{"no session", nil, "--"},
		{"our bus", bus, "--" + bus.Address()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := shell(t, tt.bus, `echo "$DISPLAY$WAYLAND_DISPLAY$IAI_MCP_STORE$XDG_CURRENT_DESKTOP--$DBUS_SESSION_BUS_ADDRESS"; echo $HOME; pwd`)
			Must(p.Wait(Deadline(t)))(t)
			if want := tt.want + "\n" + p.Home.Dir + "\n" + p.Home.Dir + "\n"; p.Stdout() != want {
				t.Errorf("environment is %q, want %q", p.Stdout(), want)
			}
		})
	}
}

func TestProcessesShareAHome(t *testing.T) {
	home := NewHome(t)
	for _, script := range []string{`mkdir -p "$LOCKBAR_STATE_DIR"`, `test -d "$LOCKBAR_STATE_DIR"`} {
		p := Command{Home: home, Path: "/bin/sh", Args: []string{"-c", script}}.Start(t)
		if code := Must(p.Wait(Deadline(t)))(t); code != 0 {
			t.Errorf("%s: exit code %d", script, code)
		}
	}
}
