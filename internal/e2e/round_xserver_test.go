//go:build linux

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// screen has room for a menu and a notification and fits into a README.
const screen = "1024x640x24"

// startX starts an X server in memory on a free display.
func (d *desktop) startX() error {
	path, err := xvfb.path()
	if err != nil {
		return err
	}
	number, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer number.Close()
	// With -noreset a server without clients keeps the colour of the background.
	_, err = d.startWith("xvfb", func(c *exec.Cmd) { c.ExtraFiles = []*os.File{theirs} }, path, "-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp", "-noreset")
	theirs.Close() // so that the read ends if the server dies early
	if err != nil {
		return err
	}
	return d.readDisplay(number)
}

// readDisplay waits for the number of the display, which the server writes when it listens.
func (d *desktop) readDisplay(number *os.File) error {
	if err := number.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the X server does not start (see xvfb.log): %w", err)
	}
	d.env = append(d.env, "DISPLAY=:"+strings.TrimSpace(line))
	return nil
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
