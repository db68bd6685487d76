//go:build !darwin || cgo

package tray

import "testing"

// TestForwardClicks checks that no click is lost if nobody waits for it yet, and that an entry that was never shown does nothing.
func TestForwardClicks(t *testing.T) {
	t.Parallel()
	var entries []*binding
	var clicked []chan struct{}
	for range 3 {
		c := make(chan struct{}, 1)
		entries, clicked = append(entries, &binding{clicked: c}), append(clicked, c)
	}
	entries[0].action.Store(&action{Do: doUndo})
	entries[2].action.Store(&action{Do: doQuit})
	clicks, over := make(chan action), make(chan struct{})
	for _, c := range clicked {
		c <- struct{}{}
	}
	go func() { forwardClicks(entries, clicks); close(over) }()
	got := map[actionKind]bool{(<-clicks).Do: true, (<-clicks).Do: true}
	if !got[doUndo] || !got[doQuit] {
		t.Errorf("clicks asked for %v", got)
	}
	close(clicked[1]) // as systray does when the menu is rebuilt
	<-over
}
