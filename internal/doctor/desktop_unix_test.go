//go:build unix && !darwin

package doctor

import (
	"errors"
	"testing"
)

func TestBus(t *testing.T) {
	none := bus{err: errors.New("no address")}
	display, ssh := session{display: true}, session{display: true, ssh: true}
	want(t, checkBus(display, none), Fail, "no address")
	want(t, checkBus(ssh, none), Warn, "Not checked")
	want(t, checkBus(session{}, none), Warn, "Not checked")
}

func TestTray(t *testing.T) {
	gnome, xfce := session{display: true, desktop: "ubuntu:GNOME"}, session{display: true, desktop: "XFCE"}
	want(t, checkTray(gnome, bus{}), Warn, "gnome-shell-extension-appindicator")
	want(t, checkTray(xfce, bus{err: errors.New("x")}), Warn, "no session bus")
}

func TestNotifier(t *testing.T) {
	for _, test := range []struct {
		n      notifier
		result Result
		says   string
	}{
		{notifier{running: true, description: "dunst 1.9 by knopwob", capabilities: []string{"actions", "body"}}, Pass, "dunst 1.9 by knopwob; it can do: actions, body"},
		{notifier{running: true, err: errors.New("timeout\x1b")}, Warn, "does not answer: timeout"},
		{notifier{activatable: true}, Pass, "started with the first"},
		{notifier{}, Warn, "no notification service"},
	} {
		want(t, checkNotifier(bus{notifier: test.n}), test.result, test.says)
	}
	want(t, checkNotifier(bus{err: errors.New("x")}), Warn, "no session bus")
}
