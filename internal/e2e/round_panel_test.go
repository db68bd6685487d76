//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// panel is a program with a tray. The tray shows icons of 22 px, the size of
// lockbar's, so it does not scale them and they can be found in a screenshot.
type panel struct {
	desktop string // XDG_CURRENT_DESKTOP
	needs   []program
	prepare func(*desktop) error // writes the configuration and starts programs that it needs
	program program
	args    []string
	button  string // the mouse button that opens the menu
	window  string // class of its menus
	below   string // the offset, from the top right corner, of messages under the menu
}

var panels = map[string]*panel{
	"xfce": {
		desktop: "XFCE",
		needs:   []program{xfconfd, xfwm4, xfcePanel},
		prepare: prepareXfce,
		program: xfcePanel,
		args:    []string{"--disable-wm-check"}, // it need not wait for a window manager: prepareXfce has
		button:  "1",
		window:  "rapper-2.0",
		below:   "68x382", // the menus in the screenshots have thirteen rows
	},
	"lxqt": {
		desktop: "LXQt",
		needs:   []program{openbox, lxqtPanel},
		prepare: prepareLxqt,
		program: lxqtPanel,
		button:  "3", // the left one calls Activate
		window:  "lxqt-panel",
		below:   "12x430", // larger letters
	},
}

func (d *desktop) panelKind() *panel { return panels[d.options.panel] }

func (d *desktop) preparePanel() error { return d.panelKind().prepare(d) }

// runPanel starts the panel, for the first time or after a crash, and waits
// until its tray accepts icons.
func (d *desktop) runPanel() (err error) {
	if d.panel, err = d.start(d.panelKind().program, d.panelKind().args...); err != nil {
		return err
	}
	if err := d.waitName(watcherName); err != nil {
		return err
	}
	return until(d.ctx, patience, d.trayIsOpen)
}

func (d *desktop) trayIsOpen() error {
	var hosted bool
	watcher := d.conn.Object(watcherName, watcherPath)
	if err := watcher.StoreProperty(watcherName+".IsStatusNotifierHostRegistered", &hosted); err != nil {
		return err
	}
	if !hosted {
		return errors.New("the panel's tray has no host")
	}
	return nil
}

// startManager starts a window manager and waits until it has registered itself.
func (d *desktop) startManager(p program, args ...string) error {
	if _, err := d.start(p, args...); err != nil {
		return err
	}
	return until(d.ctx, patience, func() error {
		text, err := d.run(xprop, "-root", "-notype", "-f", "_NET_SUPPORTING_WM_CHECK", "32x", "-len", "4", "_NET_SUPPORTING_WM_CHECK")
		if err == nil && !bytes.Contains(text, []byte("0x")) { // else xprop prints "not found." and succeeds
			err = fmt.Errorf("no window manager yet: %s", text)
		}
		return err
	})
}

// configure writes a file below ~/.config.
func (d *desktop) configure(path, text string) error {
	path = filepath.Join(d.home.Dir, ".config", path)
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600))
}
