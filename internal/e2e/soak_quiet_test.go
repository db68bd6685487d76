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

// The quiet point: everything that is shown must come to agree with the model.

const (
	// deadline is twice the slow poll, so that a lost event is told from a wrong state, and a slow machine is neither.
	deadline = time.Minute
	// hold is how long agreement must last: longer than an absence is doubted (100 ms), so that a look that is still to come
	// changes nothing. A slow machine only makes it weaker.
	hold = 150 * time.Millisecond
	// surelyShort is a swap's gap for which lockbar must not show that the lock is gone; its own limit is 100 ms.
	surelyShort = 40 * time.Millisecond
	// heldBack is how long watch may keep the event of a lock that went to itself: what follows may be a takeover.
	heldBack = 10 * time.Second
)

// statusJSON is what is compared of the objects of status and watch.
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

// staleReasons: which of them holds first depends on who reaps the process when, and on who gets its number next.
var staleReasons = []string{"process-gone", "zombie", "pid-recycled", "before-boot"}

// settleTimes are how long after the last event of a burst each was right.
type settleTimes struct{ icon, menu, watch time.Duration }

// quiet waits until all agrees, and gives an error that says what does not.
func (s *stage) quiet() (times settleTimes, err error) {
	begun := time.Now()
	before := s.world
	s.world = settle(s.world)
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if before.asleep {
		s.must(s.tray.Signal(syscall.SIGCONT))
	}
	if before.restart {
		if s.item, err = s.panel.WaitItem(ctx); err != nil {
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
	return times, s.oracle()
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
		return times, fmt.Errorf("want %v\nand the menu is\n%v%w", s.wanted(), s.item.Layout(), firstLine(err))
	}
	times.menu = time.Since(begun)
	return times, nil
}

// firstLine keeps the whole menu, entry by entry, out of an error.
func firstLine(err error) error {
	text, _, _ := strings.Cut(err.Error(), "; last seen")
	return fmt.Errorf("%s", text)
}

// agrees looks without waiting.
func (s *stage) agrees() bool {
	s.readWatch()
	return s.iconRight(s.item.Icon()) && s.menuRight(s.item.Layout()) && s.watchRight()
}

func (s *stage) wanted() string {
	return fmt.Sprintf("%+v and %+v", s.world.stores[0].views(), s.world.stores[1].views())
}

// iconOf has the icon of each state.
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

// findSection finds the submenu of a store, which may be marked.
func findSection(menu testdesk.Entry, store int) (testdesk.Entry, bool) {
	title := shortNames[store] + " · "
	if section, ok := menu.FindShown(title); ok {
		return section, true
	}
	return menu.FindShown("● " + title)
}

// sectionRight: the state, whose PID it is, and what must be there or not.
func sectionRight(section testdesk.Entry, v view) bool {
	if len(section.Children) < 2 || !strings.HasPrefix(section.Children[0].Text(), title(v)) {
		return false
	}
	if _, whose := section.FindShown(fmt.Sprintf("PID %d on ", v.pid)); v.pid != 0 && !whose {
		return false
	}
	_, copies := section.FindShown("Conflict copies: ")
	_, unlock := section.FindShown("Force Unlock")
	return copies == (v.copies > 0) && unlock == (v.pid != 0 || v.state == "corrupt")
}

// undoRight: Undo is offered for the newest backup, if that was of a force unlock.
func (s modelStore) undoRight(section testdesk.Entry, v view) bool {
	_, undo := section.FindShown("Undo Force Unlock")
	noLock := v.state == "unlocked" || v.state == "contested" && v.host == ""
	return undo == (noLock && s.undos[s.slot()].unlocked)
}

// shown is a host name as the menu has it.
func shown(host string) string { return strings.TrimSuffix(host, ".local") }

// title is how the title of a store's section begins.
func title(v view) string {
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
	return "no title for " + v.state + " " + v.reason
}

// readWatch takes in the lines of watch that came.
func (s *stage) readWatch() {
	for _, line := range s.watch.Lines()[s.read:] {
		s.read++
		if strings.Contains(line.Text, "taken by another program; no answer in time") { // an app that sleeps holds the guard for as long
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
		if !slices.Contains(store.views(), s.last[i].view()) && !s.mayBeHeldBack(i) {
			return false
		}
	}
	return true
}

// mayBeHeldBack: the lock is gone, watch has not said so, and it was not so for long. A later quiet point waits for its line.
func (s *stage) mayBeHeldBack(i int) bool {
	store, told := s.world.stores[i], s.last[i].view()
	if store.place != there || store.dir().lock.form != nothing || told.state == "unlocked" || told.reason == "lock-missing" {
		s.gone[i] = time.Time{}
		return false
	}
	if s.gone[i].IsZero() {
		s.gone[i] = time.Now()
	}
	return time.Since(s.gone[i]) < heldBack
}

func (s *stage) waitWatch(ctx context.Context) error {
	for s.readWatch(); !s.watchRight(); s.readWatch() {
		if _, err := s.watch.WaitLineFrom(ctx, s.read, ""); err != nil {
			said, _, _ := strings.Cut(err.Error(), "\n")
			return fmt.Errorf("want %v\nand watch says %+v, %+v: %s", s.wanted(), s.last[0].view(), s.last[1].view(), said)
		}
	}
	return nil
}

// noFlash: a lock that was never gone for longer than a sync engine's swap was never shown as gone.
func (s *stage) noFlash(before world) error {
	gap, flashes := s.gap, s.flashes
	s.gap, s.flashes = 0, nil
	for i, store := range before.stores {
		if !store.hidden && gap < surelyShort && slices.Contains(flashes, s.path(i)) {
			return fmt.Errorf("watch said that %s is unlocked, and it never was (a gap of %v at most)", names[i], gap)
		}
	}
	return nil
}

// oracle: a fresh `lockbar status` says the same, since it knows what the tray app keeps of those who watched.
func (s *stage) oracle() error {
	out, code, err := s.run("status", "--json", "--store", s.path(0), "--store", s.path(1))
	if err != nil || code != exitDone {
		return fmt.Errorf("lockbar status: exit code %d, %v: %s", code, err, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i, store := range s.world.stores {
		var told statusJSON
		if err := json.Unmarshal([]byte(lines[min(i, len(lines)-1)]), &told); err != nil {
			return fmt.Errorf("lockbar status printed %q: %w", out, err)
		}
		if want := store.views(); !slices.Contains(want, told.view()) {
			return fmt.Errorf("the model wants %+v for %s, and lockbar status says %+v", want, names[i], told.view())
		}
	}
	return nil
}
