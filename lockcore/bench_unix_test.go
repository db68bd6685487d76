//go:build unix

package lockcore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// sink keeps the compiler from removing the measured calls.
var sink lockcore.Snapshot

// BenchmarkInspect measures a look at locks of several kinds. For comparison, its last row calls os.ReadFile for a lock.
func BenchmarkInspect(b *testing.B) {
	large := append(theirs.Encode(), make([]byte, lockcore.MaxSize-len(theirs.Encode()))...)
	valid := append(theirs.Encode(), strings.Repeat(" ", lockcore.MaxSize-len(theirs.Encode()))...)
	for _, c := range []struct {
		name string
		lock []byte
		want lockcore.State
	}{
		{"absent", nil, lockcore.Unlocked},
		{"held-here", of(host, os.Getpid()).Encode(), lockcore.HeldHere},
		{"held-elsewhere", theirs.Encode(), lockcore.HeldElsewhere},
		{"stale", of(host, deadPID).Encode(), lockcore.Stale},
		{"corrupt", []byte("corrupt"), lockcore.Corrupt},
		{"corrupt-64KiB", large, lockcore.Corrupt},
		{"valid-64KiB", valid, lockcore.HeldElsewhere},
		{"too-large-1MiB", make([]byte, 1<<20), lockcore.Unknown},
	} {
		s := newStore(b)
		if c.lock != nil {
			write(b, s, c.lock)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink = inspect(s)
			}
			if sink.State != c.want {
				b.Fatalf("%s/%s", sink.State, sink.Reason)
			}
		})
	}
	b.Run("bare-ReadFile", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), lockcore.LockName)
		testfs.Check(b, os.WriteFile(path, theirs.Encode(), 0o600))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := os.ReadFile(path); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkUnlockRestore measures one round trip, which syncs a file or a directory seven times.
func BenchmarkUnlockRestore(b *testing.B) {
	s := newStore(b)
	write(b, s, theirs.Encode())
	token := lockcore.TokenOf(theirs.Encode())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := forceUnlock(s, token, false); err != nil {
			b.Fatal(err)
		}
		if _, err := restore(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAcquireRelease(b *testing.B) {
	s := newStore(b)
	b.ReportAllocs()
	for b.Loop() {
		l, err := acquire(s)
		testfs.Check(b, err)
		testfs.Check(b, l.Release(background))
	}
}

func BenchmarkParse(b *testing.B) {
	data := theirs.Encode()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lockcore.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}
