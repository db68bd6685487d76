package tray

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// calls records what was sent to a menu.
type calls []string

type fakeEntry struct {
	id  string
	log *calls
}

func (e fakeEntry) note(what string) { *e.log = append(*e.log, e.id+" "+what) }

func (e fakeEntry) SetTitle(s string) { e.note("title " + s) }
func (e fakeEntry) Enable()           { e.note("enable") }
func (e fakeEntry) Disable()          { e.note("disable") }
func (e fakeEntry) Show()             { e.note("show") }
func (e fakeEntry) Hide()             { e.note("hide") }
func (e fakeEntry) Check()            { e.note("check") }
func (e fakeEntry) Uncheck()          { e.note("uncheck") }

func fakeSlots(items []menuItem, log *calls) []slot {
	slots := make([]slot, len(items))
	for i, item := range items {
		for range entriesOf(item) {
			slots[i] = append(slots[i], &binding{entry: fakeEntry{item.ID, log}, drawn: menuItem{Title: item.Title, Enabled: true, Visible: true}, children: fakeSlots(item.Children, log)})
		}
	}
	return slots
}

func TestDrawSendsOnlyWhatChanged(t *testing.T) {
	base := []menuItem{
		{ID: "a", Title: "A", Enabled: true, Visible: true, Children: []menuItem{{ID: "b", Title: "B_", Enabled: true, Visible: true}}},
		{ID: "s", Separator: true, Visible: true},
	}
	changed := func(change func(a, b *menuItem)) []menuItem {
		items := slices.Clone(base)
		items[0].Children = slices.Clone(base[0].Children)
		change(&items[0], &items[0].Children[0])
		return items
	}
	for _, test := range []struct {
		name  string
		views [][]menuItem
		want  calls
	}{
		{"nothing", [][]menuItem{base, base}, nil},
		{"title", [][]menuItem{changed(func(a, _ *menuItem) { a.Title = "A2" }), base}, calls{"a title A2", "a title A"}},
		{"child, escaped", [][]menuItem{changed(func(_, b *menuItem) { b.Title = "_B" })}, calls{"b title __B"}},
		{"disable", [][]menuItem{changed(func(a, _ *menuItem) { a.Enabled = false }), base}, calls{"a disable", "a enable"}},
		{"check", [][]menuItem{changed(func(_, b *menuItem) { b.Checked = true }), base}, calls{"b check", "b uncheck"}},
		{"hide", [][]menuItem{changed(func(_, b *menuItem) { b.Visible = false }), base}, calls{"b hide", "b show"}},
		{"a hidden item is left alone until it is shown", [][]menuItem{
			changed(func(_, b *menuItem) { b.Visible, b.Title = false, "B2" }),
			changed(func(_, b *menuItem) { b.Visible, b.Title, b.Enabled = false, "B3", false }),
			changed(func(_, b *menuItem) { b.Title = "B4" }),
		}, calls{"b hide", "b title B4", "b show"}},
		{"its children are left alone too", [][]menuItem{
			changed(func(a, b *menuItem) { a.Visible, b.Title = false, "B2" }),
		}, calls{"a hide"}},
	} {
		var got calls
		slots := fakeSlots(base, &got)
		for _, v := range test.views {
			if !draw(slots, v, menuText("linux")) {
				t.Errorf("%s: no entry left", test.name)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestMenuText(t *testing.T) {
	for _, test := range []struct{ goos, in, want string }{
		{"linux", "mac_a & b", "mac__a & b"},
		{"freebsd", "_", "__"},
		{"windows", "mac_a & b", "mac_a && b"},
		{"darwin", "mac_a & b", "mac_a & b"},
		{"linux", "a\xffb\x00c", "a\ufffdbc"},
	} {
		if got := menuText(test.goos)(test.in); got != test.want {
			t.Errorf("%s: %q gives %q, want %q", test.goos, test.in, got, test.want)
		}
	}
}

func TestTooltipHasNoMarkup(t *testing.T) {
	if got, want := tooltipText.Replace("<b>a & b</b>\x00"), "‹b›a + b‹/b›"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAnEntryMeansOneLock checks that no entry is ever shown for two locks, and that a click on it carries the lock that it was shown for.
func TestAnEntryMeansOneLock(t *testing.T) {
	rounds := testfs.Rounds(75, 300)
	random := rand.New(rand.NewPCG(1, 2))
	for stores := 1; stores <= 2; stores++ {
		log, rebuilt := calls{}, 0
		now := randomInput(random, stores)
		slots, bound := fakeSlots(render(now).Menu, &log), map[*binding]string{}
		for range rounds {
			now.Stores[random.IntN(stores)] = randomStore(random)
			items := render(now).Menu
			if !draw(slots, items, menuText("linux")) {
				rebuilt++
				slots, bound = fakeSlots(items, &log), map[*binding]string{}
				if !draw(slots, items, menuText("linux")) {
					t.Fatal("no entry left in a new menu")
				}
			}
			checkSlots(t, slots, items, bound)
		}
		if rebuilt == 0 || rebuilt > rounds/lockEntries {
			t.Errorf("%d stores: rebuilt %d times", stores, rebuilt)
		}
	}
}

func randomInput(random *rand.Rand, stores int) input {
	var list []storeView
	for range stores {
		list = append(list, randomStore(random))
	}
	return inputOf(list...)
}

// randomStore returns one of a few stores, so that entries are shown, hidden and shown again.
func randomStore(random *rand.Rand) storeView {
	holder := lockcore.Record{PID: 1 + random.IntN(3), Hostname: "mac-mini"}
	s := lock(lockcore.States()[random.IntN(len(lockcore.States()))], "", holder)
	switch s.State {
	case lockcore.Unlocked, lockcore.Unknown:
		s.Token, s.Record = "", lockcore.Record{}
	case lockcore.Corrupt:
		s.Record, s.LockChanged = lockcore.Record{}, noon.Add(time.Duration(random.IntN(3))*time.Second)
	default:
		s.Token = lockcore.Token(fmt.Sprint("sha256:", holder.PID))
	}
	if random.IntN(3) == 0 {
		s.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: fmt.Sprint("/x/.locked ", random.IntN(3)), Superseded: random.IntN(2) == 0}})
	}
	daemon := lockcore.Process{PID: 1 + random.IntN(2), StartID: 1 + random.Uint64N(2), Status: lockcore.Running, Kind: lockcore.Daemon}
	switch s.State {
	case lockcore.HeldHere:
		s.Holder = daemon
	case lockcore.Contested:
		s.LocalDaemon = daemon
	}
	return storeView{Served: random.IntN(2) == 0, Snapshot: s, Last: lockcore.Backup{Kind: lockcore.BackupUnlock, Path: fmt.Sprint("backup-", random.IntN(3))}}
}

// checkSlots checks that at most one entry of each slot is visible, the one for the item's lock, and that each entry keeps the lock
// that bound holds for it.
func checkSlots(t *testing.T, slots []slot, items []menuItem, bound map[*binding]string) {
	t.Helper()
	for i, p := range slots {
		visible := 0
		for _, b := range p {
			if was, known := bound[b]; known && was != b.lock() {
				t.Fatalf("%s: an entry shown for %q is now for %q", items[i].ID, was, b.lock())
			}
			if b.lock() != "" {
				bound[b] = b.lock()
				if brings := itemOf(render(inputOf(*b.action.Load().Seen)).Menu, b.action.Load().Do, 0).Action.Lock; brings != b.lock() {
					t.Fatalf("%s: a click on the entry for %q carries %q", items[i].ID, b.lock(), brings)
				}
			}
			if b.drawn.Visible {
				visible++
				checkSlots(t, b.children, items[i].Children, bound)
				if b.lock() != items[i].Action.Lock {
					t.Fatalf("%s: %q is shown for %q", items[i].ID, b.lock(), items[i].Action.Lock)
				}
			}
		}
		if want := items[i].Visible && !items[i].Separator; visible > 1 || visible == 1 != want {
			t.Fatalf("%s: %d entries are visible", items[i].ID, visible)
		}
	}
}

// TestSubject checks that the subject changes with the state of a store and with what an item acts on, but not with an age or a switch.
func TestSubject(t *testing.T) {
	held := one(lock(lockcore.HeldElsewhere, "", mini))
	two := inputOf(held.Stores[0], storeView{Name: "~/work", Short: "work", Snapshot: noLock(lockcore.Unlocked, "")})
	for _, test := range []struct {
		name string
		from input
		to   func(*input)
		same bool
	}{
		{"an hour later", held, func(in *input) { in.Now = in.Now.Add(time.Hour) }, true},
		{"the menu is opened", held, func(in *input) { in.MenuOpened = in.Now }, true},
		{"a switch", held, func(in *input) { in.Settings.Talk = false }, true},
		{"a takeover", held, func(in *input) {
			in.Stores[0].Snapshot = lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 77, Hostname: "third-mac", StartedAt: mini.StartedAt, SchemaVersion: "1"})
		}, false},
		{"the same machine takes it again", held, func(in *input) {
			in.Stores[0].Snapshot.Token = "sha256:again"
		}, false},
		{"released", held, func(in *input) { in.Stores[0].Snapshot = noLock(lockcore.Unlocked, "") }, false},
		{"a daemon starts", one(noLock(lockcore.Unlocked, "")), func(in *input) { in.Stores[0].Snapshot = lock(lockcore.HeldHere, "", ours) }, false},
		{"the second of two stores", two, func(in *input) { in.Stores[1].Snapshot = noLock(lockcore.Unknown, lockcore.StoreMissing) }, false},
	} {
		changed := test.from
		changed.Stores = slices.Clone(test.from.Stores)
		test.to(&changed)
		before, after := subjectOf(render(test.from)), subjectOf(render(changed))
		if (before == after) != test.same {
			t.Errorf("%s: from %q to %q", test.name, before, after)
		}
	}
}
