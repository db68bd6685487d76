package lockcore_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// ways lists the kinds of paths that lead to a store on Windows. A test is skipped if the system lacks the kind.
var ways = []struct {
	name string
	path func(t *testing.T, store string) string
	same bool // the store has the same identity by this path as by its own
}{
	{"its own path", func(_ *testing.T, store string) string { return store }, true},
	{"another case", func(_ *testing.T, store string) string { return strings.ToUpper(store) }, true},
	{"a junction", throughJunction, true},
	{"a share", onShare, false}, // Windows does not know that the server is this machine
}

// throughJunction creates a junction to the store's parent, and returns the path of the store through it. That needs no privilege.
func throughJunction(t *testing.T, store string) string {
	link := filepath.Join(t.TempDir(), "junction")
	out, err := exec.Command("cmd", "/c", "mklink", "/J", link, filepath.Dir(store)).CombinedOutput()
	t.Cleanup(func() { _ = os.Remove(link) })
	if _, missing := os.Stat(filepath.Join(link, filepath.Base(store))); err != nil || missing != nil {
		testfs.SkipUnavailable(t, "no junctions here:", err, string(out))
	}
	return filepath.Join(link, filepath.Base(store))
}

// onShare returns the path of the store on the administrative share that Windows has for each drive. A real server on this machine serves
// it.
func onShare(t *testing.T, store string) string {
	share := `\\localhost\` + strings.Replace(store, ":", "$", 1)
	if _, err := os.Stat(share); err != nil {
		testfs.SkipUnavailable(t, "no share for administrators:", err)
	}
	if fsx.Remote(share) == "" {
		t.Errorf("%s is not on a network drive", share)
	}
	return share
}

// TestWaysToStore removes, restores, acquires and releases a lock by each kind of path to its store.
func TestWaysToStore(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "Store")
			noError(t, os.Mkdir(dir, 0o700))
			options := lockcore.Options{Hostname: us, StateDir: t.TempDir()}
			own, err := lockcore.Open(dir, options)
			testfs.Check(t, err)
			store, err := own.At(way.path(t, dir))
			testfs.Check(t, err)
			if way.same && store.Identity() != own.Identity() {
				t.Errorf("the identity is %s, want %s", store.Identity(), own.Identity())
			}
			lock := theirs.Encode()
			noError(t, os.WriteFile(filepath.Join(dir, lockcore.LockName), lock, 0o600))
			changeAll(t, store, string(lock))
		})
	}
}

// changeAll removes, restores, takes over and releases the lock in a store with another machine's lock.
func changeAll(t *testing.T, store *lockcore.Store, lock string) {
	ctx := context.Background()
	look := func() lockcore.Snapshot { return store.Inspect(ctx, lockcore.Memory{}) }
	if s := look(); s.State != lockcore.HeldElsewhere {
		t.Fatalf("the store is %s (%s): %v", s.State, s.Reason, s.Problem)
	}
	removed, err := store.ForceUnlock(ctx, look(), lockcore.Memory{}, false)
	if err != nil || look().State != lockcore.Unlocked {
		t.Fatalf("unlocked: %s, %v", look().State, err)
	}
	if _, err := store.Restore(ctx, removed, lockcore.Memory{}); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(store.LockPath()); string(data) != lock {
		t.Errorf("restored %q, %v", data, err)
	}
	taken, err := store.Acquire(ctx, look(), lockcore.Memory{}, false)
	testfs.Check(t, err)
	if s := look(); s.State != lockcore.HeldHere || taken.Replaced.Record.Hostname != them {
		t.Errorf("taken: %s, from %q", s.State, taken.Replaced.Record.Hostname)
	}
	if err := taken.Release(ctx); err != nil || look().State != lockcore.Unlocked {
		t.Errorf("released: %s, %v", look().State, err)
	}
}
