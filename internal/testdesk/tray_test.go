//go:build linux

package testdesk_test

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"syscall"
	"testing"
	"time"

	. "lockbar/internal/testdesk"
)

// square is the picture that the sample draws.
func square(c color.Color) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	draw.Draw(m, m.Bounds().Inset(1), image.NewUniform(c), image.Point{}, draw.Src)
	return m
}

func isRed(i Icon) bool  { return i.Same(square(color.NRGBA{R: 255, A: 255})) }
func isBlue(i Icon) bool { return i.Same(square(color.NRGBA{B: 255, A: 255})) }

// desktop starts a bus, a tray and the sample, and waits for its icon.
func desktop(t *testing.T) (*Bus, *Watcher, *Process, *Item) {
	t.Helper()
	bus := NewBus(t)
	watcher := NewWatcher(t, bus)
	app := startSample(t, bus)
	return bus, watcher, app, Must(watcher.WaitItem(Deadline(t)))(t)
}

func TestItemTellsItsProperties(t *testing.T) {
	_, watcher, app, item := desktop(t)
	p := item.Properties()
	if p.ID != "sample" || p.Title != "sample" || p.Status != "Active" || p.ToolTip.Title != "first tip" {
		t.Errorf("properties are %+v", p)
	}
	if !isRed(item.Icon()) {
		t.Errorf("shows %v, want the red square", item.Icon())
	}
	r := watcher.Registrations()
	if len(r) != 1 || r[0].Service != "/StatusNotifierItem" || r[0].Sender != item.Owner() {
		t.Errorf("registrations are %+v", r)
	}
	if !item.Registered().After(app.Started) {
		t.Errorf("registered at %v, started at %v", item.Registered(), app.Started)
	}
}

const firstMenu = `First
---
More
  Inner
    Deep
[x] Tick
(Grey)
Quit
`

func TestMenuComesWhole(t *testing.T) {
	_, _, _, item := desktop(t)
	menu := Must(item.Menu(Deadline(t)))(t)
	if menu.String() != firstMenu {
		t.Errorf("menu is\n%swant\n%s", menu, firstMenu)
	}
	if hidden, ok := menu.Find("Hidden"); !ok || hidden.Visible {
		t.Errorf("the hidden entry is %+v", hidden)
	}
	if _, ok := menu.FindShown("Hidden"); ok {
		t.Error("the hidden entry is shown")
	}
	if item.Count("LayoutUpdated") == 0 {
		t.Error("no LayoutUpdated: is the trap gone?")
	}
}

func TestClickChangesWhatTheTrayShows(t *testing.T) {
	_, _, app, item := desktop(t)
	ctx := Deadline(t)
	clicked := time.Now()
	if err := item.ClickLabel(ctx, "First"); err != nil {
		t.Fatal(err)
	}
	Must(app.WaitLine(ctx, "clicked First"))(t)
	blue := Must(item.WaitIconSince(ctx, clicked, isBlue))(t)
	if d := blue.Received.Sub(clicked); d <= 0 || d > patience {
		t.Errorf("blue came after %v", d)
	}
	Must(item.WaitIcon(ctx, isBlue))(t)
	Must(item.WaitProperties(ctx, func(p Properties) bool { return p.ToolTip.Title == "second tip" }))(t)
	Must(item.WaitLabel(ctx, "Once more"))(t)
	if icons := item.Icons(); len(icons) != 2 || !isRed(icons[0]) {
		t.Errorf("icons were %v", icons)
	}
	if err := item.WaitCount(ctx, "NewIcon", 1); err != nil {
		t.Error(err)
	}
}

// patience is far more than any step here takes.
const patience = 20 * time.Second

func TestClickReachesASubmenu(t *testing.T) {
	_, _, app, item := desktop(t)
	ctx := Deadline(t)
	if err := item.Opened(ctx); err != nil {
		t.Fatal(err)
	}
	if err := item.ClickLabel(ctx, "Deep"); err != nil {
		t.Fatal(err)
	}
	Must(app.WaitLine(ctx, "clicked Deep"))(t)
}

func TestCheckboxLosesItsTick(t *testing.T) {
	_, _, _, item := desktop(t)
	ctx := Deadline(t)
	if err := item.ClickLabel(ctx, "Tick"); err != nil {
		t.Fatal(err)
	}
	Must(item.WaitMenu(ctx, func(menu Entry) bool {
		tick, ok := menu.FindShown("Tick")
		return ok && !tick.Checked()
	}))(t)
}

func TestNobodyClicksWhatCannotBeClicked(t *testing.T) {
	_, _, _, item := desktop(t)
	ctx := Deadline(t)
	menu := Must(item.Menu(ctx))(t)
	for e := range menu.All() {
		if e.Enabled && e.Visible && !e.Separator() {
			continue
		}
		if err := item.Click(ctx, e.ID); err == nil {
			t.Errorf("clicked %+v", e)
		}
	}
}

// settle waits until systray watches for panels. It registers first and
// subscribes then, so that it misses for ever a panel that comes in between;
// the second look at the menu, 150 ms later, is well after both.
func settle(t *testing.T, item *Item) {
	t.Helper()
	Must(item.Menu(Deadline(t)))(t)
}

func TestItemRegistersAnewWhenThePanelRestarts(t *testing.T) {
	_, watcher, _, before := desktop(t)
	settle(t, before)
	ctx := Deadline(t)
	if err := watcher.Restart(); err != nil {
		t.Fatal(err)
	}
	after := Must(watcher.WaitItem(ctx))(t)
	if after == before || after.Owner() != before.Owner() {
		t.Errorf("item %v became %v", before.Owner(), after.Owner())
	}
	Must(watcher.WaitRegistrations(ctx, 2))(t)
	if err := after.ClickLabel(ctx, "First"); err != nil {
		t.Error(err)
	}
	Must(after.WaitIcon(ctx, isBlue))(t)
}

func TestItemWaitsForThePanel(t *testing.T) {
	_, watcher, _, item := desktop(t)
	settle(t, item)
	watcher.Stop()
	if items := watcher.Items(); len(items) != 0 {
		t.Errorf("a stopped panel shows %d items", len(items))
	}
	if err := watcher.Start(); err != nil {
		t.Fatal(err)
	}
	Must(watcher.WaitItem(Deadline(t)))(t)
}

func TestItemIsShownOnceThereIsAHost(t *testing.T) {
	bus := NewBus(t)
	watcher := NewWatcherWithoutHost(t, bus)
	startSample(t, bus)
	ctx := Deadline(t)
	Must(watcher.WaitRegistrations(ctx, 1))(t)
	if items := watcher.Items(); len(items) != 0 {
		t.Errorf("%d items without a host", len(items))
	}
	if err := watcher.SetHost(true); err != nil {
		t.Fatal(err)
	}
	Must(watcher.WaitItem(ctx))(t)
}

func TestWatcherTellsItsProperties(t *testing.T) {
	bus, _, _, item := desktop(t)
	object := bus.Connect(t).Object("org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher")
	var items []string
	var hosted bool
	for name, into := range map[string]any{"RegisteredStatusNotifierItems": &items, "IsStatusNotifierHostRegistered": &hosted} {
		if err := object.StoreProperty("org.kde.StatusNotifierWatcher."+name, into); err != nil {
			t.Error(err)
		}
	}
	if want := []string{item.Owner() + "/StatusNotifierItem"}; !slices.Equal(items, want) || !hosted {
		t.Errorf("items %q, hosted %v; want %q, true", items, hosted, want)
	}
}

func TestItemGoesWithItsProgram(t *testing.T) {
	_, watcher, app, item := desktop(t)
	ctx := Deadline(t)
	if err := item.ClickLabel(ctx, "Quit"); err != nil {
		t.Fatal(err)
	}
	if err := item.WaitGone(ctx); err != nil {
		t.Fatal(err)
	}
	if items := watcher.Items(); len(items) != 0 {
		t.Errorf("%d items left", len(items))
	}
	if code := Must(app.Wait(ctx))(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestBusDies(t *testing.T) {
	bus, _, app, _ := desktop(t)
	ctx := Deadline(t)
	bus.Kill()
	Must(app.WaitLine(ctx, "bus lost"))(t)
	if code := Must(app.Wait(ctx))(t); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
}

func TestKilledProgramLeavesTheTray(t *testing.T) {
	_, _, app, item := desktop(t)
	ctx := Deadline(t)
	app.Kill()
	if err := item.WaitGone(ctx); err != nil {
		t.Error(err)
	}
	if code := Must(app.Wait(ctx))(t); code != 128+int(syscall.SIGKILL) {
		t.Errorf("exit code %d", code)
	}
}
