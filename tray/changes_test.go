package tray

import (
	"context"
	"io"
	"testing"
	"testing/synctest"

	"lockbar/lockcore"
)

// TestChangesOfAStoreWaitForEachOther checks that a change of a store begins only when the previous one has ended, and that a change
// of another store does not wait.
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

// TestResultsNameTheirStore checks that the text about a result begins with the store's name if it is about one of several.
func TestResultsNameTheirStore(t *testing.T) {
	l := newChangingLoop(t, 1)
	one := []storeView{{Short: "work", Name: "~/work"}}
	for do, about := range map[actionKind]bool{doUnlock: true, doUndo: true, doOpenStore: true, doStopDaemon: true, doPutBack: true, doCopyDetails: false} {
		r := result{Action: action{Do: do}, Text: "Done"}
		l.stores = one
		if short, name := l.naming(r); short != "" || name != "" {
			t.Errorf("%d with one store: %q, %q", do, short, name)
		}
		l.stores = append(one, storeView{Short: "home", Name: "~/home"})
		if short, name := l.naming(r); (short == "work: ") != about || (name == "~/work: ") != about {
			t.Errorf("%d with two stores: %q, %q", do, short, name)
		}
	}
}
