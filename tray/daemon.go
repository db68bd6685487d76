package tray

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lockbar/icons"
	"lockbar/internal/service"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// The code here makes the service manager stop and start the daemon. A demo offers neither: its daemons are children of the demo, and the
// service files name the user's real service. So a demo never reads those files, and none of its stores is Served.

// setServed marks the stores whose daemon a service starts.
func (l *loop) setServed(stores []string) {
	for i, s := range l.config.Stores {
		l.stores[i].Served = slices.Contains(stores, s.Identity())
	}
}

// stoppable returns the daemon here that holds the store, or held it. It returns zero if Lockbar stops no daemon on this system, if no
// service starts the store's daemon, or if the daemon is only starting. Whether the service started this very daemon is checked after a
// click.
func (s *storeView) stoppable() lockcore.Process {
	if daemons := lockcore.Daemons(s.Snapshot); service.CanStop && s.Served && len(daemons) > 0 && !daemons[0].Same(s.Snapshot.Starting) {
		return daemons[0]
	}
	return lockcore.Process{}
}

// processName returns a name of a process that is unique until the next boot.
func processName(p lockcore.Process) string { return fmt.Sprint(p.PID, " ", p.StartID) }

// daemonItems returns the items about the daemon of a store. Stop acts only on the daemon that it was drawn for.
func daemonItems(i int, s *storeView) []menuItem {
	daemon, idle := s.stoppable(), s.Served && s.Snapshot.State == lockcore.Unlocked && !s.Snapshot.InUse()
	items := []menuItem{
		button(id(i, "stop"), notify.StopDaemonLabel, daemon.PID != 0, action{Do: doStopDaemon, Store: i, Lock: processName(daemon), Seen: s}),
		button(id(i, "start"), "Start the Daemon", idle, action{Do: doStartDaemon, Store: i}),
	}
	for n := range items {
		items[n].Enabled = s.Doing == doNothing
	}
	return items
}

// underWay returns the line about a start or a stop that is under way; empty if there is none.
func underWay(stores []storeView) string {
	for i := range stores {
		switch stores[i].Doing {
		case doStopDaemon:
			return "Stopping the daemon…"
		case doStartDaemon:
			return "Starting the daemon…"
		}
	}
	return ""
}

// withStop replaces Copy Command by Stop in a message about a store whose daemon here can be stopped: desktops have room for few
// buttons.
func (l *loop) withStop(m notify.Message) notify.Message {
	for n, b := range m.Buttons {
		i := l.storeOf(b.Store)
		if b.Do != notify.CopyCommand || i < 0 {
			continue
		}
		if daemon := l.stores[i].stoppable(); daemon.PID != 0 {
			m.Buttons = append([]notify.Button(nil), m.Buttons...)
			m.Buttons[n] = notify.Button{Do: notify.StopDaemon, Label: notify.StopDaemonLabel, Store: b.Store, Lock: processName(daemon)}
		}
	}
	return m
}

// clickDaemon begins the start or stop that was clicked, unless one is under way. The changes of the lock do not wait for it,
// since it may take as long as service.Limit, nor does it wait for them.
func (l *loop) clickDaemon(ctx context.Context, a action) {
	if s := &l.stores[a.Store]; s.Doing == doNothing {
		s.Doing = a.Do
		memory := l.memories[a.Store]
		l.start(ctx, a, func(ctx context.Context) result { return l.serve(ctx, a, &memory) })
	}
}

// serveDaemon asks the service manager to start or stop the daemon, and returns the result.
func (c Config) serveDaemon(ctx context.Context, a action, m *lockcore.Memory) result {
	store := c.Stores[a.Store]
	if a.Do == doStartDaemon {
		said, err := service.Start(ctx, store, store.Inspect(ctx, *m))
		return served("started", said, err)
	}
	said, err := service.Stop(ctx, store, []lockcore.Process{a.Seen.stoppable()})
	return served("stopped", said, err)
}

// served returns the result of a start or a stop. It is not a failure if the daemon was started or stopped already.
func served(what, said string, err error) result {
	r := result{Title: "The daemon was " + what, Text: words.OneLine(said), Icon: icons.Unlocked, Err: err}
	if err == nil {
		return r
	}
	why := words.OneLine(words.Plain(err))
	r.Title, r.Icon, r.Said = "The daemon was not "+what, icons.Unknown, words.Capital(why)
	r.Text = r.Title + ": " + why
	if refused := (*service.Refusal)(nil); errors.As(err, &refused) && refused.Already {
		r.Text, r.Err = r.Said, nil
	}
	return r
}
