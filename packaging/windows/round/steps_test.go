//go:build windows

package round

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStart waits for the icon in the notification area and has it shown, since Windows 11 hides new icons.
func TestStart(t *testing.T) {
	a := newRound(t).start()
	if _, ok := taskbar(); !ok {
		t.Skip("there is no taskbar")
	}
	a.promote()
	if !onWine {
		a.within("the icon is where the shell says", func() bool { _, ok := a.iconRect(); return ok })
	}
	a.shot("start")
}

// states lists the states that the app goes through: the file put into the store, the state, and the headline of its menu.
var states = []struct {
	state, headline string
	put             func(*app)
}{
	{"held-elsewhere", "Held by mac-mini", func(a *app) { a.put(lockOf(4242, "mac-mini")) }},
	{"corrupt", "", func(a *app) { a.put("{") }},
	{"stale", "", func(a *app) { a.put(lockOf(a.endedPID(), a.hostName())) }},
	{"contested", "", func(a *app) {
		a.putAs(".locked", lockOf(4242, "mac-mini"))
		a.putAs(conflictCopy, lockOf(77, "mac-air"))
	}},
	{"unlocked", "", func(a *app) { a.clear() }},
}

// TestStates checks that each of five states has another icon than the one before, and a menu; it checks the headline of the first.
func TestStates(t *testing.T) {
	a := newRound(t).start()
	var before []byte
	read := 0
	for _, s := range states {
		s.put(a)
		t.Logf("%s after %d ms", s.state, a.waitState(s.state).Milliseconds())
		before = a.look(s.state, before)
		a.open()
		titles := a.titles()
		a.shot("menu-" + s.state)
		a.press(keyEscape)
		a.closed("by Escape")
		if len(titles) > 0 {
			read++
			if s.headline != "" && titles[0] != s.headline {
				a.fail("%s: the menu says %q", s.state, titles)
			}
			t.Logf("%q", titles[0])
		}
	}
	if read == 0 {
		a.lacks("no word of the menu can be read")
	}
	a.open()
	sendMessage.Call(a.window, wmClose, 0, 0)
	_ = a.end("closing its window under an open menu")
}

// look saves a picture of the notification area, and waits until the icon differs from the previous one.
func (a *app) look(state string, before []byte) []byte {
	if area, ok := taskbar(); ok {
		a.keep("area-"+state, grab(area))
	}
	rect, ok := a.iconRect()
	if !ok {
		a.lacks("the shell does not say where the icon is")
		return nil
	}
	var now []byte
	a.within("another icon for "+state, func() bool {
		picture := grab(rect)
		if picture == nil {
			a.fail("no picture of the icon")
		}
		now = picture.Pix
		return !bytes.Equal(now, before)
	})
	return now
}

// endedPID returns the number of a process that has ended.
func (a *app) endedPID() int {
	short := exec.Command("cmd", "/c", "exit")
	a.must(short.Run())
	return short.Process.Pid
}

// TestOpenMenu checks that an open menu closes when the lock is replaced, and that a key pressed then removes nothing.
func TestOpenMenu(t *testing.T) {
	a := newRound(t).start()
	for i := range 10 {
		a.put(lockOf(4242+i, "other-mac"))
		a.waitPID(4242 + i)
		a.open()
		a.put(lockOf(77+i, "third-mac"))
		a.closed("when the lock becomes third-mac's")
		a.press(keyReturn) // nothing is open: nothing is chosen
		if !a.hasLock("third-mac") {
			a.fail("the lock of third-mac is gone")
		}
	}
}

// TestRace chooses Force Unlock around the moment at which the lock is replaced. The new lock must stay, whenever the key arrives.
func TestRace(t *testing.T) {
	a := newRound(t).start()
	for i := range 20 {
		a.put(lockOf(5242+i, "other-mac"))
		a.waitPID(5242 + i)
		a.open()
		a.point("Force Unlock")
		pressed := make(chan struct{})
		time.AfterFunc(time.Duration(i)*time.Millisecond, func() { a.press(keyReturn); close(pressed) })
		a.put(lockOf(77+i, "third-mac"))
		<-pressed
		a.closed("after the key")
		a.waitPID(77 + i)
		if !a.hasLock("third-mac") {
			a.fail("the lock of third-mac is gone")
		}
	}
}

// TestClicks checks that Force Unlock, Undo and Quit do what they say.
func TestClicks(t *testing.T) {
	a := newRound(t).start()
	a.put(lockOf(4242, "mac-mini"))
	a.waitState("held-elsewhere")
	a.choose("Force Unlock")
	a.within("Force Unlock removes the lock", func() bool { return !a.hasLock("") })
	a.waitState("unlocked")
	a.choose("Undo Force Unlock")
	a.within("Undo puts it back", func() bool { return a.hasLock("mac-mini") })
	a.waitState("held-elsewhere")
	a.choose("Quit Lockbar")
	a.must(a.end("Quit Lockbar"))
}

// TestDeath checks that the death of the holder is seen.
func TestDeath(t *testing.T) {
	a := newRound(t).start()
	holder := exec.Command(*program, a.flags("run", "--", "ping", "-n", "600", "127.0.0.1")...)
	a.must(holder.Start())
	t.Cleanup(func() { _ = holder.Process.Kill(); _ = holder.Wait() })
	a.waitState("held-here")
	a.must(holder.Process.Kill())
	t.Logf("stale after %d ms", a.waitState("stale").Milliseconds())
}

// TestSession sends the messages of a shutdown. It checks that the app goes on unchanged if another program stops the shutdown, and that
// otherwise the shutdown ends the app, with its history complete.
func TestSession(t *testing.T) {
	a := newRound(t).start()
	a.put(lockOf(4242, "mac-mini"))
	a.waitState("held-elsewhere")
	if yes, _, _ := sendMessage.Call(a.window, wmQueryEndSession, 0, 0); yes != 1 {
		a.fail("it stops the shutdown")
	}
	if state := a.newest().To.State; state != "held-elsewhere" {
		a.fail("its history ends with %q", state)
	}
	sendMessage.Call(a.window, wmEndSession, 0, 0)
	_, known := a.iconRect()
	t.Logf("the shell knows where the icon is: %v", known)
	a.put(lockOf(77, "mac-air"))
	a.waitPID(77)
	a.open()
	a.press(keyEscape)
	a.closed("by Escape")

	a.put("{")
	a.waitState("corrupt")
	sendMessage.Call(a.window, wmQueryEndSession, 0, 0)
	sendMessage.Call(a.window, wmEndSession, 1, 0)
	_ = a.end("the end of the session") // Windows itself ends what is left
	if state := a.newest().To.State; state != "corrupt" {
		a.fail("its history ends with %q", state)
	}
}

// TestPlaces checks that a junction, a substituted drive and a share lead to the same lock, and the first two also to its backups.
func TestPlaces(t *testing.T) {
	a := newRound(t).start()
	a.put(lockOf(4242, "mac-mini"))
	a.waitState("held-elsewhere")
	for _, way := range a.ways() {
		if !exists(way) {
			a.lacks("no %s", way)
			continue
		}
		printed, code := a.round.lockbar("--store", way, "--state-dir", a.state, "unlock", "--yes")
		if code != 0 {
			a.fail("%s: %s", way, printed)
		}
		a.within(way+": the app sees the removal", func() bool { return a.newest().To.State == "unlocked" })
		if printed, code := a.lockbar("restore"); code != 0 && !strings.HasPrefix(way, `\\`) {
			a.fail("%s: the backup belongs to another store: %s", way, printed)
		} else if code != 0 {
			t.Log("by the share it is another store")
			a.put(lockOf(4242, "mac-mini"))
		}
		a.waitState("held-elsewhere")
		t.Log(way)
	}
}

// ways makes other paths that lead to the store, as far as this Windows can.
func (a *app) ways() []string {
	junction := filepath.Join(a.work, "junction")
	_ = exec.Command("cmd", "/c", "mklink", "/J", junction, a.store).Run()
	if exec.Command("subst", "X:", filepath.Dir(a.store)).Run() == nil {
		a.Cleanup(func() { _ = exec.Command("subst", "X:", "/D").Run() })
	}
	return []string{junction, `\\localhost\` + strings.Replace(a.store, ":", "$", 1), `X:\` + filepath.Base(a.store)}
}

// TestLogin checks that Lockbar can be set to start at login.
func TestLogin(t *testing.T) {
	r := newRound(t)
	if said, _ := r.lockbar("login", "status"); !strings.Contains(said, "disabled") {
		t.Skipf("login status says %q", strings.TrimSpace(said))
	}
	if said, code := r.lockbar("login", "enable"); code != 0 {
		t.Skip(said) // not from a temporary place
	}
	t.Cleanup(func() { r.lockbar("login", "disable") })
	said := r.tool("reg", "query", `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`)
	if !strings.Contains(strings.ToLower(said), strings.ToLower(filepath.Base(*program))) {
		r.fail("no such entry: %s", said)
	}
	if said, code := r.lockbar("login", "disable"); code != 0 {
		r.fail("%s", said)
	}
}
