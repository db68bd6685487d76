package lockcore_test

import (
	"os"
	"testing"
	"time"

	"lockbar/internal/machine"
	"lockbar/lockcore"
)

// holding returns s with p as the holder of the lock.
func holding(s lockcore.Snapshot, p lockcore.Process) lockcore.Snapshot {
	s.Holder = p
	return s
}

func beside(s lockcore.Snapshot, p lockcore.Process) lockcore.Snapshot {
	s.LocalDaemon = p
	return s
}

func pid(p lockcore.Process, pid int) lockcore.Process {
	p.PID, p.StartID = pid, uint64(pid)
	return p
}

func TestMemoryOfAnotherBoot(t *testing.T) {
	knows := lockcore.Memory{Holder: lockcore.Probe(os.Getpid()), StartedAt: mine.StartedAt, Boot: machine.BootTime()}
	if got := knows.Revive(); got != knows {
		t.Errorf("got %+v, want %+v", got, knows)
	}
	for _, id := range []uint64{0, knows.Holder.StartID + 1} {
		another := knows
		another.Holder.StartID = id
		if got := another.Revive(); got != (lockcore.Memory{Boot: knows.Boot, BootID: knows.BootID}) {
			t.Errorf("another process with its PID: got %+v", got)
		}
	}
	stepped := knows.Next(lockcore.Snapshot{}, time.Now())
	if stepped.Boot = stepped.Boot.Add(-time.Hour); stepped.BootID == "" {
		t.Skip("this system has no boot ID")
	}
	if got := stepped.Revive(); got != stepped {
		t.Errorf("the clock was set: got %+v, want %+v", got, stepped)
	}
	stepped.BootID = "another"
	if got := stepped.Revive(); got != (lockcore.Memory{}) {
		t.Errorf("another boot: got %+v", got)
	}
	for _, boot := range []time.Time{{}, knows.Boot.Add(-time.Hour), knows.Boot.Add(time.Hour)} {
		before := knows
		before.Boot = boot
		if got := before.Revive(); got != (lockcore.Memory{}) {
			t.Errorf("booted %v: got %+v", boot, got)
		}
	}
}

func TestMemoryNext(t *testing.T) {
	knows := lockcore.Memory{Holder: running, StartedAt: mine.StartedAt, LastLock: mine, Boot: taken.Add(-time.Hour)}
	goneSince := knows
	goneSince.GoneSince = now.Add(-time.Minute)
	other := pid(running, 99)
	for _, c := range []struct {
		name   string
		before lockcore.Memory
		look   lockcore.Snapshot
		holder lockcore.Process
		start  string
		gone   time.Time
		last   lockcore.Record
	}{
		{"held", lockcore.Memory{}, holding(held, running), running, mine.StartedAt, time.Time{}, mine},
		{"another lock", knows, holding(heldNew, other), other, mineNew.StartedAt, time.Time{}, mineNew},
		{"found under an old name", lockcore.Memory{}, holding(renamedNow, running), running, started, time.Time{}, renamedNow.Record},
		{"now under an old name", lockcore.Memory{Holder: running, StartedAt: "own"}, holding(renamedNow, running), running, "own", time.Time{}, renamedNow.Record},
		{"another under an old name", knows, holding(renamedNow, other), other, started, time.Time{}, renamedNow.Record},
		{"taken over while it runs", knows, beside(both, running), running, mine.StartedAt, time.Time{}, theirs},
		{"daemon found in the state file", lockcore.Memory{}, beside(both, other), other, "", time.Time{}, theirs},
		{"another daemon found in the state file", knows, beside(both, other), other, "", time.Time{}, theirs},
		{"another daemon, and no lock", goneSince, beside(vanished, other), other, "", goneSince.GoneSince, mine},
		{"contested by a copy, taken over", knows, copied, running, mine.StartedAt, time.Time{}, mine},
		{"contested by a copy", lockcore.Memory{}, holding(copied, running), running, mine.StartedAt, time.Time{}, mine},
		{"contested by a copy, recycled", lockcore.Memory{}, holding(copied, startedAfter(time.Hour, program)), lockcore.Process{}, "", time.Time{}, mine},
		{"contested by a copy, gone", lockcore.Memory{}, holding(copied, gone()), lockcore.Process{}, "", time.Time{}, mine},
		{"stale", knows, holding(stale, gone()), lockcore.Process{}, "", time.Time{}, mine},
		{"elsewhere", knows, elsewhere, lockcore.Process{}, "", time.Time{}, theirs},
		{"the lock goes, it runs", knows, beside(unlocked, running), running, mine.StartedAt, now, mine},
		{"still no lock, it runs", goneSince, beside(vanished, running), running, mine.StartedAt, goneSince.GoneSince, mine},
		{"it ends", goneSince, unlocked, lockcore.Process{}, "", time.Time{}, none},
		{"the lock comes back", goneSince, holding(held, running), running, mine.StartedAt, time.Time{}, mine},
		{"unreadable", knows, missing, running, mine.StartedAt, time.Time{}, mine},
		{"corrupt", knows, corrupt, running, mine.StartedAt, time.Time{}, mine},
	} {
		got := c.before.Next(c.look, now)
		if got.Holder != c.holder || got.StartedAt != c.start || !got.GoneSince.Equal(c.gone) || got.LastLock != c.last {
			t.Errorf("%s: got %+v", c.name, got)
		}
		if got.Boot.IsZero() || !c.before.Boot.IsZero() && got.Boot != c.before.Boot {
			t.Errorf("%s: boot %v became %v", c.name, c.before.Boot, got.Boot)
		}
	}
}
