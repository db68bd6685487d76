//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"slices"
	"strings"
	"syscall"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// At a quiet point everything that lockbar shows must agree with the model.

const (
	// deadline bounds the wait for the agreement. It is twice the poll interval: by then the poll has found every change whose event was
	// lost, and what still differs is wrong.
	deadline = time.Minute
	// hold is the time for which the agreement must last. It is longer than the delay of the recheck of an absence (100 ms), so that no
	// pending look changes the result. On a slow machine the check is weaker.
	hold = 150 * time.Millisecond
	// surelyShort is the longest gap in a swap for which lockbar must not show a missing lock. Lockbar's own limit is 100 ms.
	surelyShort = 40 * time.Millisecond
	// watchDelay bounds how long watch may delay the event of a missing lock, because a takeover may follow.
	watchDelay = 10 * time.Second
)

// statusJSON holds the fields that the soak compares, of the JSON objects that status and watch print.
type statusJSON struct {
	Store, State, Reason string
	Record               *struct {
		PID      int
		Hostname string
	}
	Conflicts []struct{ Path string }
}

func (s statusJSON) view() view {
	v := view{state: s.State, reason: s.Reason, copies: len(s.Conflicts)}
	if s.Record != nil {
		v.host, v.pid = s.Record.Hostname, s.Record.PID
	}
	if s.State == "stale" && slices.Contains(staleReasons, s.Reason) {
		v.reason = "process-gone"
	}
	return v
}

// staleReasons lists equivalent reasons: which one applies depends on when the process is reaped and its PID reused.
var staleReasons = []string{"process-gone", "zombie", "pid-recycled", "before-boot"}

// settleTimes holds the times from the last event of a burst until the icon, the menu and watch were right.
type settleTimes struct{ icon, menu, watch time.Duration }

// quiet waits until everything agrees with the model. Its error names a difference.
func (s *stage) quiet() (times settleTimes, err error) {
	begun := time.Now()
	before := s.world
	s.world = settle(s.world)
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if before.asleep {
		s.must(s.app.Signal(syscall.SIGCONT))
	}
	if before.restart {
		if s.item, err = s.watcher.WaitItem(ctx); err != nil {
			return times, err
		}
	}
	for agreed := false; !agreed; agreed = s.agrees() {
		if times, err = s.wait(ctx, begun); err != nil {
			return times, err
		}
		time.Sleep(hold)
	}
	if err := s.noFlash(before); err != nil {
		return times, err
	}
	return times, s.checkStatus()
}

func (s *stage) wait(ctx context.Context, begun time.Time) (times settleTimes, err error) {
	icon, err := s.item.WaitIcon(ctx, s.iconRight)
	if err != nil {
		return times, fmt.Errorf("the icon should be one of %v: %w", s.world.icons(), err)
	}
	times.icon = max(0, icon.Received.Sub(begun))
	if err := s.waitWatch(ctx); err != nil {
		return times, err
	}
	times.watch = time.Since(begun)
	if _, err := s.item.WaitMenu(ctx, s.menuRight); err != nil {
		return times, fmt.Errorf("want %v\nand the menu is\n%v%w", s.wanted(), s.item.Layout(), withoutDump(err))
	}
	times.menu = time.Since(begun)
	return times, nil
}

// withoutDump removes the dump of the menu from an error.
func withoutDump(err error) error {
	text, _, _ := strings.Cut(err.Error(), "; last seen")
	return fmt.Errorf("%s", text)
}

// agrees reports whether everything agrees with the model now.
func (s *stage) agrees() bool {
	s.readWatch()
	return s.iconRight(s.item.Icon()) && s.menuRight(s.item.Layout()) && s.watchRight()
}

func (s *stage) wanted() string {
	return fmt.Sprintf("%+v and %+v", s.world.stores[0].views(), s.world.stores[1].views())
}

// iconOf maps each state to its icon.
var iconOf = map[string]image.Image{
	"unknown": picture(icons.Unknown), "unlocked": picture(icons.Unlocked), "held-here": picture(icons.HeldHere),
	"held-elsewhere": picture(icons.HeldElsewhere), "stale": picture(icons.Stale), "contested": picture(icons.Contested),
	"corrupt": picture(icons.Corrupt),
}

func (s *stage) iconRight(i testdesk.Icon) bool {
	return slices.ContainsFunc(s.world.icons(), func(state string) bool { return i.Same(iconOf[state]) })
}

func (s *stage) menuRight(menu testdesk.Entry) bool {
	for i, store := range s.world.stores {
		section, ok := findSection(menu, i)
		if !ok || !slices.ContainsFunc(store.views(), func(v view) bool { return sectionRight(section, v) && store.undoRight(section, v) }) {
			return false
		}
	}
	return true
}

// findSection returns the submenu of a store, whose title may have a mark.
func findSection(menu testdesk.Entry, store int) (testdesk.Entry, bool) {
	title := shortNames[store] + " · "
	if section, ok := menu.FindShown(title); ok {
		return section, true
	}
	return menu.FindShown("● " + title)
}

// sectionRight reports whether a section shows a view: the headline, the PID, and the items.
func sectionRight(section testdesk.Entry, v view) bool {
	if len(section.Children) < 2 || !strings.HasPrefix(section.Children[0].Text(), headline(v)) {
		return false
	}
	if _, whose := section.FindShown(fmt.Sprintf("PID %d on ", v.pid)); v.pid != 0 && !whose {
		return false
	}
	_, copies := section.FindShown("Conflict copies: ")
	_, unlock := section.FindShown("Force Unlock")
	return copies == (v.copies > 0) && unlock == (v.pid != 0 || v.state == "corrupt")
}

// undoRight reports whether the section offers Undo exactly if there is no lock and the newest backup is of a force unlock.
func (s modelStore) undoRight(section testdesk.Entry, v view) bool {
	_, undo := section.FindShown("Undo Force Unlock")
	noLock := v.state == "unlocked" || v.state == "contested" && v.host == ""
	return undo == (noLock && s.undos[s.slot()].unlocked)
}

// shown returns a host name as the menu shows it.
func shown(host string) string { return strings.TrimSuffix(host, ".local") }

// headline returns the beginning of the first entry in a store's section.
func headline(v view) string {
	switch v.state + "/" + v.reason {
	case "unknown/store-missing":
		return "The store is not there"
	case "unknown/not-a-regular-file":
		return "The lock is not a regular file"
	case "unknown/too-large":
		return "The lock is larger than any daemon writes"
	case "contested/lock-missing":
		return "A program runs here without its lock"
	case "contested/local-daemon-alive":
		return "Two programs: this computer and " + shown(v.host) // the holder here is a lockbar run
	case "contested/conflict-copy":
		return "Two claims: "
	}
	switch v.state {
	case "unlocked":
		return "Unlocked: nobody holds the store"
	case "held-here":
		return "Held by this computer"
	case "held-elsewhere":
		return "Held by " + shown(v.host)
	case "stale":
		return "Left behind by this computer"
	case "corrupt":
		return "The lock is corrupt"
	}
	return "no headline for " + v.state + " " + v.reason
}

// readWatch reads the new lines of watch.
func (s *stage) readWatch() {
	for _, line := range s.watch.Lines()[s.read:] {
		s.read++
		if strings.Contains(line.Text, "taken by another program; no answer in time") { // while the sleeping app holds the guard
			continue
		}
		var change struct{ To statusJSON }
		if err := json.Unmarshal([]byte(line.Text), &change); err != nil {
			s.t.Errorf("watch printed %q: %v", line.Text, err)
		}
		for i := range names {
			if change.To.Store == s.path(i) {
				s.last[i] = change.To
			}
		}
		if change.To.State == "unlocked" {
			s.flashes = append(s.flashes, change.To.Store)
		}
	}
}

func (s *stage) watchRight() bool {
	for i, store := range s.world.stores {
		if !slices.Contains(store.views(), s.last[i].view()) && !s.mayBeDelayed(i) {
			return false
		}
	}
	return true
}

// mayBeDelayed reports whether watch may still delay its line about a missing lock. A later quiet point waits for that line.
func (s *stage) mayBeDelayed(i int) bool {
	store, last := s.world.stores[i], s.last[i].view()
	if store.place != there || store.dir().lock.form != nothing || last.state == "unlocked" || last.reason == "lock-missing" {
		s.gone[i] = time.Time{}
		return false
	}
	if s.gone[i].IsZero() {
		s.gone[i] = time.Now()
	}
	return time.Since(s.gone[i]) < watchDelay
}

func (s *stage) waitWatch(ctx context.Context) error {
	for s.readWatch(); !s.watchRight(); s.readWatch() {
		if _, err := s.watch.WaitLineFrom(ctx, s.read, ""); err != nil {
			reason, _, _ := strings.Cut(err.Error(), "\n")
			return fmt.Errorf("want %v\nand watch printed %+v, %+v: %s", s.wanted(), s.last[0].view(), s.last[1].view(), reason)
		}
	}
	return nil
}

// noFlash returns an error if watch reported that a store is unlocked, although its lock was missing only during the short swap of a sync
// program.
func (s *stage) noFlash(before world) error {
	gap, flashes := s.gap, s.flashes
	s.gap, s.flashes = 0, nil
	for i, store := range before.stores {
		if !store.hidden && gap < surelyShort && slices.Contains(flashes, s.path(i)) {
			return fmt.Errorf("watch printed that %s is unlocked, which it never was (a gap of %v at most)", names[i], gap)
		}
	}
	return nil
}

// checkStatus compares a new `lockbar status` with the model. The status must be right because it uses the memory that the tray keeps.
func (s *stage) checkStatus() error {
	out, code := s.output(s.command("status", "--json"))
	if code != exitDone {
		return fmt.Errorf("lockbar status: exit code %d: %s", code, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i, store := range s.world.stores {
		var status statusJSON
		if err := json.Unmarshal([]byte(lines[min(i, len(lines)-1)]), &status); err != nil {
			return fmt.Errorf("lockbar status printed %q: %w", out, err)
		}
		if want := store.views(); !slices.Contains(want, status.view()) {
			return fmt.Errorf("the model wants %+v for %s, and lockbar status printed %+v", want, names[i], status.view())
		}
	}
	return nil
}
