package doctor

import (
	"context"
	"testing"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// desktopChecks returns the checks of a session on the bus.
func desktopChecks(t *testing.T, ctx context.Context, b *testdesk.Bus) (bus, tray, notifications []Check) {
	t.Helper()
	for _, v := range []string{"SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP"} {
		t.Setenv(v, "")
	}
	t.Setenv("DISPLAY", ":0")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Address())
	checks := Subject{}.desktop(ctx)
	if len(checks) != 3 {
		t.Fatalf("want 3 checks: %+v", checks)
	}
	return checks[:1], checks[1:2], checks[2:]
}

func TestDesktop(t *testing.T) {
	b := testdesk.NewBus(t)
	session, tray, notes := desktopChecks(t, t.Context(), b)
	want(t, session, Pass, "answers")
	want(t, tray, Warn, "No panel")
	want(t, notes, Warn, "no notification service")

	watcher := testdesk.NewWatcherWithoutHost(t, b)
	testdesk.NewNotifications(t, b)
	_, tray, notes = desktopChecks(t, t.Context(), b)
	want(t, tray, Warn, "no panel shows its icons")
	want(t, notes, Pass, "testdesk 1 by lockbar, protocol 1.2; it can do: actions, body")

	testfs.Check(t, watcher.AddHost())
	_, tray, _ = desktopChecks(t, t.Context(), b)
	want(t, tray, Pass, "A panel shows icons")
}

// TestHungNotificationService checks that a hung notification service is reported, and does not disturb the check of the panel.
func TestHungNotificationService(t *testing.T) {
	b := testdesk.NewBus(t)
	hung := testdesk.NewNotifications(t, b)
	hung.Hang()
	testdesk.NewWatcher(t, b)
	ctx, cancel := context.WithCancel(t.Context()) // canceled once the service is called
	go func() {
		_ = hung.WaitHeld(t.Context(), 1)
		cancel()
	}()
	_, tray, notes := desktopChecks(t, ctx, b)
	want(t, tray, Pass, "A panel")
	want(t, notes, Warn, "does not answer")
}
