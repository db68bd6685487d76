package cli

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestPageLooksInParallel writes to a lock all the time, so that the look at it lasts until its context ends. That look must not delay the
// others.
func TestPageLooksInParallel(t *testing.T) {
	t.Parallel()
	busy, held := newWorld(t), newWorld(t)
	busy.write(".locked", []byte("{"))
	held.writeLock(foreign())
	ctx, cancel := context.WithTimeout(t.Context(), 5*lockcore.SettleTime)
	defer cancel()
	var writer sync.WaitGroup
	writer.Go(func() {
		for ; ctx.Err() == nil; time.Sleep(lockcore.SettleTime / 10) {
			_ = os.WriteFile(busy.lock(), []byte("{"), 0o600)
		}
	})
	defer writer.Wait()
	var s settings
	for _, w := range []*world{busy, held} {
		store, err := lockcore.Open(w.dir, lockcore.Options{Hostname: ourHost})
		testfs.Check(t, err)
		s.stores = append(s.stores, store)
	}
	looks := s.looksNow(ctx)
	for i, want := range []lockcore.State{lockcore.Unknown, lockcore.HeldElsewhere} {
		if l := looks[s.stores[i].Identity()]; l.Store != s.stores[i].Dir() || l.State != want {
			t.Errorf("%s: %v (%s), want %v", l.Store, l.State, l.Reason, want)
		}
	}
}
