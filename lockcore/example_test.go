package lockcore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lockbar/lockcore"
)

// Who holds the store?
func ExampleStore_Inspect() {
	dir := exampleStore(`{"pid": 4242, "hostname": "mac-b.local", "started_at": "2026-11-22T19:51:51+00:00", "schema_version": 1}`)
	defer os.RemoveAll(dir)

	store, err := lockcore.Open(filepath.Join(dir, "store"), lockcore.Options{Hostname: "mac-a.local"})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := store.Inspect(context.Background(), lockcore.Memory{})
	fmt.Println(now.State, now.Record.Hostname, now.Record.PID)
	// Output: held-elsewhere mac-b.local 4242
}

// Hold the lock while a backup of the store is made.
func ExampleStore_Acquire() {
	dir := exampleStore("")
	defer os.RemoveAll(dir)
	ctx := context.Background()

	store, err := lockcore.Open(filepath.Join(dir, "store"), lockcore.Options{StateDir: filepath.Join(dir, "state")})
	if err != nil {
		fmt.Println(err)
		return
	}
	seen := store.Inspect(ctx, lockcore.Memory{})
	lock, err := store.Acquire(ctx, seen, lockcore.Memory{}, false)
	var held *lockcore.HeldError
	if errors.As(err, &held) {
		fmt.Println("the daemon runs as process", held.Record.PID)
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	if lock.Replaced.Kind != "" {
		fmt.Println("took over from", lock.Replaced.Record.Hostname, "whose lock is kept in", lock.Replaced.Backup)
	}
	fmt.Println("backing up, ours:", store.HeldBySelf(ctx))

	var lost *lockcore.LostError
	if err := lock.Release(ctx); errors.As(err, &lost) {
		fmt.Println("the backup may be torn: meanwhile the store was taken by", lost.Record.Hostname)
	}
	fmt.Println(store.Inspect(ctx, lockcore.Memory{}).State)
	// Output:
	// backing up, ours: true
	// unlocked
}

// Remove the lock that was seen, and only that one. Then put it back.
func ExampleStore_ForceUnlock() {
	dir := exampleStore("no daemon wrote this")
	defer os.RemoveAll(dir)
	ctx := context.Background()

	store, err := lockcore.Open(filepath.Join(dir, "store"), lockcore.Options{StateDir: filepath.Join(dir, "state")})
	if err != nil {
		fmt.Println(err)
		return
	}
	seen := store.Inspect(ctx, lockcore.Memory{})
	fmt.Println(seen.State)

	change, err := store.ForceUnlock(ctx, seen, lockcore.Memory{}, false)
	var changed *lockcore.ChangedError
	if errors.As(err, &changed) {
		fmt.Println("not removed, for now it is", changed.Now.State)
		return
	}
	fmt.Println(change.Kind, change.Token == seen.Token, err)

	back, err := store.Restore(ctx, lockcore.Change{}, lockcore.Memory{})
	fmt.Println(back.Kind, err, store.Inspect(ctx, lockcore.Memory{}).State)
	// Output:
	// corrupt
	// unlock true <nil>
	// restore <nil> corrupt
}

// exampleStore makes a directory with a store in it; lock is the content of its lock, empty for none.
func exampleStore(lock string) string {
	dir, err := os.MkdirTemp("", "lockcore-example")
	if err != nil {
		panic(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "store"), 0o700); err != nil {
		panic(err)
	}
	if lock != "" {
		if err := os.WriteFile(filepath.Join(dir, "store", lockcore.LockName), []byte(lock), 0o600); err != nil {
			panic(err)
		}
	}
	return dir
}
