package lockcore_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"lockbar/lockcore"
)

// TestLookIsUnseen checks that a look, and a read of the lifecycle, update no access time in the store.
func TestLookIsUnseen(t *testing.T) {
	s := newStore(t)
	other := filepath.Join(s.Dir(), "other")
	for _, path := range []string{s.LockPath(), other, filepath.Join(s.Dir(), ".locked 2"), filepath.Join(s.Dir(), ".daemon-state.json"),
		filepath.Join(s.Dir(), "lifecycle_state.json")} {
		put(t, path, theirs.Encode())
	}
	entries, err := os.ReadDir(s.Dir())
	noError(t, err)
	paths := []string{s.Dir()}
	for _, e := range entries {
		paths = append(paths, filepath.Join(s.Dir(), e.Name()))
	}
	old := time.Now().Add(-72 * time.Hour).Truncate(time.Second) // relatime updates access times that are older than a day
	for _, path := range paths {
		noError(t, os.Chtimes(path, old, time.Time{}))
	}
	if got := s.Inspect(context.Background(), lockcore.Memory{}); got.State != lockcore.HeldElsewhere {
		t.Fatalf("%+v", got)
	}
	s.Lifecycle(context.Background())
	for _, path := range paths {
		if at := accessed(t, path); !at.Equal(old) {
			t.Errorf("the look set the access time of %s to %v", path, at)
		}
	}
	noError(t, errOf(os.ReadFile(other)))
	if accessed(t, other).Equal(old) {
		t.Skip("this file system keeps no access times, so nothing was proven")
	}
}

func accessed(t *testing.T, path string) time.Time {
	t.Helper()
	var st syscall.Stat_t
	noError(t, syscall.Stat(path, &st))
	return time.Unix(st.Atim.Unix())
}
