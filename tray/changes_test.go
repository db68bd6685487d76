package tray

import (
	"context"
	"io"
	"testing"
	"testing/synctest"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// TestChangesOfAStoreWaitForEachOther checks that a change of a store begins when the one before has ended, and that one of another
// store does not wait.
func TestChangesOfAStoreWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newChangingLoop(t, 2)
		first, begun := make(chan struct{}), make([]bool, 3)
		note := func(i int, until chan struct{}) func(context.Context) result {
			return func(ctx context.Context) result {
				begun[i] = true
				if _, ok := ctx.Deadline(); !ok {
					t.Errorf("change %d has no deadline", i)
				}
				if until != nil {
					<-until
				}
				return result{}
			}
		}
		l.startChange(t.Context(), action{Do: doUnlock, Store: 0}, note(0, first))
		l.startChange(t.Context(), action{Do: doUndo, Store: 0}, note(1, nil))
		l.startChange(t.Context(), action{Do: doUnlock, Store: 1}, note(2, nil))
		synctest.Wait()
		if !begun[0] || begun[1] || !begun[2] {
			t.Errorf("before the first change ends, these have begun: %v, want the first and the third", begun)
		}
		close(first)
		synctest.Wait()
		if !begun[1] {
			t.Error("the second change does not begin after the first")
		}
	})
}

// newChangingLoop returns a loop that does not run, with room for its results.
func newChangingLoop(t *testing.T, stores int) *loop {
	l := newLoop(Config{Stores: newStores(t, stores, lockcore.Options{})}, newLogs(io.Discard, true))
	l.results = make(chan result, stores+1)
	return l
}

// TestPutBackNamesItsStore checks that the text about a lock that was put back names the store if there are several.
func TestPutBackNamesItsStore(t *testing.T) {
	l := newChangingLoop(t, 1)
	l.stores = []storeView{{Short: "work", Name: "~/work"}}
	r := putBackResult(watch.Change{}, nil)
	r.Action = action{Do: doPutBack}
	if short, name := l.naming(r); short != "" || name != "" {
		t.Errorf("with one store: %q, %q", short, name)
	}
	l.stores = append(l.stores, storeView{Short: "home", Name: "~/home"})
	if short, name := l.naming(r); short != "work: " || name != "~/work: " {
		t.Errorf("with two stores: %q, %q", short, name)
	}
}
