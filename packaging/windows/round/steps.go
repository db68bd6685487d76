//go:build windows

package main

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

var steps = []step{
	{"it starts: an icon in the notification area", stepStart},
	{"each state of a lock has its icon and its menu", stepStates},
	{"a menu that is open when the lock becomes another one closes, and removes nothing", stepOpenMenu},
	{"Force Unlock, Undo and Quit do what they say", stepClicks},
	{"the death of the holder is seen", stepDeath},
	{"a shutdown that another program stops leaves the app as it was; one that comes ends it, with its history complete", stepSession},
	{"a junction, a substituted drive and a share lead to the same store", stepPlaces},
	{"it can start at login", stepLogin},
	{"the task scheduler starts the daemon, and Lockbar knows the process", stepDaemon},
}

// stepStart waits for the icon and has it shown, since Windows 11 hides new icons.
func stepStart(r *round) {
	a := r.start("start")
	if _, ok := taskbar(); !ok {
		unavailable("there is no taskbar")
	}
	r.promote()
	if !r.wine {
		within("the icon is where the shell says", func() bool { _, ok := a.iconRect(); return ok })
	}
	r.shot("start")
}

// states lists the states that the app goes through: the file put into the store, the state, and the headline of its menu.
var states = []struct {
	state, headline string
	put             func(*app)
}{
	{"held-elsewhere", "Held by mac-mini", func(a *app) { a.put(lockOf(4242, "mac-mini")) }},
	{"corrupt", "", func(a *app) { a.put("{") }},
	{"stale", "", func(a *app) { a.put(lockOf(endedPID(), a.hostName())) }},
	{"contested", "", func(a *app) {
		a.putAs(".locked", lockOf(4242, "mac-mini"))
		a.putAs(conflictCopy, lockOf(77, "mac-air"))
	}},
	{"unlocked", "", func(a *app) { a.clear() }},
}

func stepStates(r *round) {
	a := r.start("states")
	var before []byte
	read := 0
	for _, s := range states {
		s.put(a)
		r.note("%s after %d ms", s.state, a.waitState(s.state).Milliseconds())
		before = a.look(s.state, before)
		a.open()
		titles := a.titles()
		r.shot("menu-" + s.state)
		a.press(keyEscape)
		a.closed("by Escape")
		if len(titles) > 0 {
			read++
			if s.headline != "" && titles[0] != s.headline {
				fail("%s: the menu says %q", s.state, titles)
			}
			r.note("%q", titles[0])
		}
	}
	if read == 0 {
		r.lacks("no word of the menu can be read")
	}
	a.open()
	sendMessage.Call(a.window, wmClose, 0, 0)
	_ = a.end("the end of its window, under the menu,")
}

// look saves a picture of the notification area and compares the icon with the previous one.
func (a *app) look(state string, before []byte) []byte {
	if area, ok := taskbar(); ok {
		a.r.keep("area-"+state, grab(area))
	}
	rect, ok := a.iconRect()
	if !ok {
		a.r.lacks("the shell does not say where the icon is")
		return nil
	}
	var now []byte
	within("another icon for "+state, func() bool {
		picture := grab(rect)
		if picture == nil {
			fail("no picture of the icon")
		}
		now = picture.Pix
		return !bytes.Equal(now, before)
	})
	return now
}

// endedPID returns the number of a process that has ended.
func endedPID() int {
	short := exec.Command("cmd", "/c", "exit")
	must("cmd", short.Run())
	return short.Process.Pid
}

func stepOpenMenu(r *round) {
	a := r.start("open")
	for i := range 10 {
		a.put(lockOf(4242+i, "other-mac"))
		a.waitPID(4242 + i)
		a.open()
		a.put(lockOf(77+i, "third-mac"))
		a.closed("when the lock becomes third-mac's")
		a.press(keyReturn) // nothing is open: nothing is chosen
		if !a.hasLock("third-mac") {
			fail("the lock of third-mac is gone")
		}
	}
	stepRace(a)
}

// stepRace chooses Force Unlock around the moment at which the lock is replaced. The new lock must stay, whenever the key arrives.
func stepRace(a *app) {
	for i := range 20 {
		a.put(lockOf(5242+i, "other-mac"))
		a.waitPID(5242 + i)
		a.open()
		a.point("Force Unlock")
		done := make(chan verdict)
		go func() { done <- guarded(func() { a.put(lockOf(77+i, "third-mac")) }) }()
		time.Sleep(time.Duration(i) * time.Millisecond)
		a.press(keyReturn)
		if v := <-done; v.outcome != "PASS" {
			panic(v)
		}
		a.closed("after the key")
		a.waitPID(77 + i)
		if !a.hasLock("third-mac") {
			fail("the lock of third-mac is gone")
		}
	}
}

func stepClicks(r *round) {
	a := r.start("clicks")
	a.put(lockOf(4242, "mac-mini"))
	a.waitState("held-elsewhere")
	a.choose("Force Unlock")
	within("Force Unlock removes the lock", func() bool { return !a.hasLock("") })
	a.waitState("unlocked")
	a.choose("Undo Force Unlock")
	within("Undo puts it back", func() bool { return a.hasLock("mac-mini") })
	a.waitState("held-elsewhere")
	a.choose("Quit Lockbar")
	must("Quit Lockbar", a.end("Quit Lockbar"))
}

func stepDeath(r *round) {
	a := r.start("death")
	holder := exec.Command(r.program, a.flags("run", "--", "ping", "-n", "600", "127.0.0.1")...)
	must("run", holder.Start())
	r.onExit(func() { _ = holder.Process.Kill(); _ = holder.Wait() })
	a.waitState("held-here")
	must("kill", holder.Process.Kill())
	r.note("stale after %d ms", a.waitState("stale").Milliseconds())
}

func stepSession(r *round) {
	a := r.start("session")
	a.put(lockOf(4242, "mac-mini"))
	a.waitState("held-elsewhere")
	if yes, _, _ := sendMessage.Call(a.window, wmQueryEndSession, 0, 0); yes != 1 {
		fail("it stops the shutdown")
	}
	if state := a.newest().To.State; state != "held-elsewhere" {
		fail("its history ends with %q", state)
	}
	sendMessage.Call(a.window, wmEndSession, 0, 0)
	_, known := a.iconRect()
	r.note("the shell knows where the icon is: %v", known)
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
		fail("its history ends with %q", state)
	}
}

func stepPlaces(r *round) {
	a := r.start("places")
	a.put(lockOf(4242, "mac-mini"))
	a.waitState("held-elsewhere")
	ways := map[string]string{}
	junction := filepath.Join(r.work, "junction")
	if out, err := exec.Command("cmd", "/c", "mklink", "/J", junction, a.store).CombinedOutput(); err == nil && isDir(junction) {
		ways["junction"] = junction
		r.onExit(func() { _ = os.Remove(junction) })
	} else {
		r.lacks("no junction: %s", out)
	}
	if err := exec.Command("subst", "X:", filepath.Dir(a.store)).Run(); err == nil && isDir(`X:\`) {
		ways["substituted drive"] = `X:\` + filepath.Base(a.store)
		r.onExit(func() { _ = exec.Command("subst", "X:", "/D").Run() })
	} else {
		r.lacks("no substituted drive: %v", err)
	}
	if share := `\\localhost\` + strings.Replace(a.store, ":", "$", 1); isDir(share) {
		ways["share"] = share
	} else {
		r.lacks("no share of the drive")
	}
	if len(ways) == 0 {
		unavailable("none of them can be made here")
	}
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		out, err := exec.Command(r.program, "--store", ways[way], "--state-dir", a.state, "unlock", "--yes").CombinedOutput()
		must(way+": "+string(out), err)
		within(way+": the app sees the removal", func() bool { return a.newest().To.State == "unlocked" })
		if out, code := a.lockbar("restore"); code != 0 && way != "share" {
			fail("%s: the backup belongs to another store: %s", way, out)
		} else if code != 0 {
			r.note("by the share it is another store")
			a.put(lockOf(4242, "mac-mini"))
		}
		a.waitState("held-elsewhere")
		r.note("%s", way)
	}
}

// lacks notes a gap that is allowed only under wine.
func (r *round) lacks(format string, args ...any) {
	if !r.wine {
		fail(format, args...)
	}
	r.note(format, args...)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func stepLogin(r *round) {
	if said, _ := r.lockbar("login", "status"); !strings.Contains(said, "disabled") {
		unavailable("login status says %q", strings.TrimSpace(said))
	}
	if said, code := r.lockbar("login", "enable"); code != 0 {
		unavailable("%s", strings.TrimSpace(said)) // not from a temporary place
	}
	r.onExit(func() { r.lockbar("login", "disable") })
	said, err := exec.Command("reg", "query", `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`).CombinedOutput()
	must("reg", err)
	if !strings.Contains(strings.ToLower(string(said)), strings.ToLower(filepath.Base(r.program))) {
		fail("no such entry: %s", said)
	}
	if said, code := r.lockbar("login", "disable"); code != 0 {
		fail("%s", said)
	}
}
