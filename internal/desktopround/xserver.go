//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"
)

// screen has room for a menu and a notification and fits into a README.
const screen = "1024x640x24"

// startX starts an X server in memory on whatever display is free.
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
	// -noreset: a server without clients would forget the colour of the background.
	_, err = d.startWith("xvfb", []*os.File{theirs}, path, "-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp", "-noreset")
	theirs.Close() // else the server's early death would not end our read
	if err != nil {
		return err
	}
	return d.readDisplay(number)
}

// readDisplay waits until the server listens: it writes its number then.
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
