//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// roundTime is when a round has plainly hung: it takes about a minute.
const roundTime = 3 * time.Minute

// options are what the flags say.
type options struct {
	lockbar  string
	out      string
	panel    string
	notifier string
	theme    string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	if err := play(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "desktopround:", err)
		os.Exit(1)
	}
}

var errFailed = errors.New("the round failed")

// play runs one round on a desktop of its own.
func play(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if err := checkPrograms(o); err != nil {
		return err
	}
	desk, err := newDesktop(ctx, o)
	if err != nil {
		return err
	}
	defer desk.down()
	if err := desk.up(); err != nil {
		return err
	}
	return newRound(desk).run()
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("desktopround", flag.ContinueOnError)
	flags.StringVar(&o.lockbar, "lockbar", "", "the `binary` to test")
	flags.StringVar(&o.out, "out", "", "`directory` for screenshots and logs")
	flags.StringVar(&o.panel, "panel", "xfce", "the tray: xfce or lxqt")
	flags.StringVar(&o.notifier, "notifier", "dunst", "who shows notifications: dunst or xfce4-notifyd")
	flags.StringVar(&o.theme, "theme", "light", "light or dark")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	return o, o.check()
}

// check also makes the paths absolute: the children work elsewhere.
func (o *options) check() error {
	if o.lockbar == "" || o.out == "" {
		return errors.New("-lockbar and -out are needed")
	}
	if panels[o.panel] == nil || notifiers[o.notifier] == nil || themes[o.theme] == (theme{}) {
		return fmt.Errorf("no such -panel %s, -notifier %s or -theme %s", o.panel, o.notifier, o.theme)
	}
	for _, path := range []*string{&o.lockbar, &o.out} {
		abs, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = abs
	}
	return os.MkdirAll(o.out, 0o755)
}
