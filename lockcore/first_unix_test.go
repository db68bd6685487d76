//go:build unix

package lockcore_test

import (
	"testing"

	"lockbar/lockcore"
)

// TestFirstOfALook checks that what a look reports before its end is never a proof, an absence or a half-written lock. Files
// beside the lock may still turn it into a conflict.
func TestFirstOfALook(t *testing.T) {
	live := waiter(t)
	remembered := lockcore.Memory{Holder: lockcore.Probe(live.pid())}
	for _, c := range []struct {
		name        string
		lock, copy  []byte
		memory      lockcore.Memory
		first, look lockcore.State // Unknown: nothing is reported early
	}{
		{"absent", nil, nil, lockcore.Memory{}, lockcore.Unknown, lockcore.Unlocked},
		{"corrupt", []byte("corrupt"), nil, lockcore.Memory{}, lockcore.Unknown, lockcore.Corrupt},
		{"stale", of(host, deadPID).Encode(), nil, lockcore.Memory{}, lockcore.Unknown, lockcore.Stale},
		{"too large", make([]byte, lockcore.MaxSize+1), nil, lockcore.Memory{}, lockcore.Unknown, lockcore.Unknown},
		{"here", of(host, live.pid()).Encode(), nil, lockcore.Memory{}, lockcore.HeldHere, lockcore.HeldHere},
		{"elsewhere", theirs.Encode(), nil, lockcore.Memory{}, lockcore.HeldElsewhere, lockcore.HeldElsewhere},
		{"from us, who run", theirs.Encode(), nil, remembered, lockcore.Contested, lockcore.Contested},
		{"beside a copy", theirs.Encode(), of("mac-c", 7).Encode(), lockcore.Memory{}, lockcore.HeldElsewhere, lockcore.Contested},
	} {
		s := newStore(t)
		if c.copy != nil {
			put(t, s.LockPath()+" 2", c.copy)
		}
		if c.lock != nil {
			write(t, s, c.lock)
		}
		var early []lockcore.State
		look := s.Look(c.memory, func(first lockcore.State, _ lockcore.Token) { early = append(early, first) })
		if look.State != c.look || len(early) > 1 || (len(early) == 0) != (c.first == lockcore.Unknown) || len(early) == 1 && early[0] != c.first {
			t.Errorf("%s: first %v, then %s; want %s, then %s", c.name, early, look.State, c.first, c.look)
		}
	}
}
