//go:build linux

package e2e

import (
	"errors"
	"strings"
)

// screen is the size of the screen. It has room for a menu and a notification, and fits into a README.
const screen = "1024x640x24"

// startX starts an X server in memory on a free display. The server prints the display's number when it listens.
func (d *desktop) startX() error {
	// With -noreset a server without clients keeps the colour of the background.
	server, err := d.start(xvfb, "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp", "-noreset")
	if err != nil {
		return err
	}
	return until(d.ctx, patience, func() error {
		number := strings.TrimSpace(server.Stdout())
		if number == "" {
			return errors.New("the X server does not start (see Xvfb.log)")
		}
		d.env = append(d.env, "DISPLAY=:"+number)
		return nil
	})
}

// theme is a theme of the whole desktop.
type theme struct {
	gtk    string
	lxqt   string
	colour string // of the plain background
	dunst  string // background and text in dunstrc
}

var themes = map[string]theme{
	"light": {gtk: "Adwaita", lxqt: "light", colour: "#3a5a78", dunst: "background = \"#fafafa\"\nforeground = \"#202020\""},
	"dark":  {gtk: "Adwaita:dark", lxqt: "dark", colour: "#1c2731", dunst: "background = \"#2b2b2b\"\nforeground = \"#f0f0f0\""},
}

// paint fills the screen with one colour, for screenshots.
func (d *desktop) paint() error {
	_, err := d.run(setroot, "-solid", themes[d.options.theme].colour)
	return err
}
