package lockcore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"lockbar/lockcore"
)

// Show who holds the store.
func ExampleStore_Inspect() {
	store := exampleStore(`{"pid": 4242, "hostname": "mac-b.local", "started_at": "2026-11-22T19:51:51+00:00", "schema_version": 1}`)
	defer os.RemoveAll(filepath.Dir(store))

	s, err := lockcore.Open(store, lockcore.Options{Hostname: "mac-a.local"})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := s.Inspect(context.Background(), lockcore.Memory{})
	fmt.Println(now.State, now.Record.Hostname, now.Record.PID)
	// Output: held-elsewhere mac-b.local 4242
}

// Hold the lock while a backup of the store is made.
func ExampleStore_Acquire() {
	store := exampleStore("")
	defer os.RemoveAll(filepath.Dir(store))
	ctx := context.Background()

	s, err := lockcore.Open(store, lockcore.Options{StateDir: filepath.Join(filepath.Dir(store), "state")})
	if err != nil {
		fmt.Println(err)
		return
	}
	seen := s.Inspect(ctx, lockcore.Memory{})
	if seen.State == lockcore.HeldElsewhere { // Acquire would take it over, as a daemon does
		fmt.Println("not now: held by", seen.Record.Hostname)
		return
	}
	lock, err := s.Acquire(ctx, seen, lockcore.Memory{}, false)
	if e := new(lockcore.Error); errors.Is(err, lockcore.ErrHeld) && errors.As(err, &e) {
		fmt.Println("not now: the store is", e.Now.State)
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	if lock.Replaced.Kind != "" {
		fmt.Println("took over from", lock.Replaced.Record.Hostname, "whose lock is kept in", lock.Replaced.Path)
	}
	fmt.Println("backing up, still ours:", lock.Held(ctx) == nil)

	if err := lock.Release(ctx); errors.Is(err, lockcore.ErrLost) {
		fmt.Println("the backup may be torn:", err)
	}
	fmt.Println(s.Inspect(ctx, lockcore.Memory{}).State)
	// Output:
	// backing up, still ours: true
	// unlocked
}

// Remove the stale lock that was seen, and only that one. Then put it back.
func ExampleStore_ForceUnlock() {
	store := exampleStore(`{"pid": ` + strconv.Itoa(endedProcess()) + `, "hostname": "mac-a.local", "started_at": "2026-11-22T19:51:51+00:00", "schema_version": 1}`)
	defer os.RemoveAll(filepath.Dir(store))
	ctx := context.Background()

	s, err := lockcore.Open(store, lockcore.Options{Hostname: "mac-a.local", StateDir: filepath.Join(filepath.Dir(store), "state")})
	if err != nil {
		fmt.Println(err)
		return
	}
	seen := s.Inspect(ctx, lockcore.Memory{})
	fmt.Println(seen.State)

	backup, err := s.ForceUnlock(ctx, seen, lockcore.Memory{}, false)
	if errors.Is(err, lockcore.ErrChanged) {
		fmt.Println("not removed:", err) // the text names the current state
		return
	}
	fmt.Println(backup.Kind, backup.Token == seen.Token, err)

	back, err := s.Restore(ctx, backup, lockcore.Memory{})
	fmt.Println(back.Kind, err, s.Inspect(ctx, lockcore.Memory{}).State)
	// Output:
	// stale
	// unlock true <nil>
	// restore <nil> stale
}

// endedProcess returns the PID of a process that has ended.
func endedProcess() int {
	cmd := exec.Command(os.Args[0], "-test.list=^$")
	if err := cmd.Run(); err != nil {
		panic(err)
	}
	return cmd.Process.Pid
}

// exampleStore creates a store in a new directory; lock is the content of its lock, empty for none.
func exampleStore(lock string) string {
	dir, err := os.MkdirTemp("", "lockcore-example")
	if err != nil {
		panic(err)
	}
	store := filepath.Join(dir, "store")
	if err := os.Mkdir(store, 0o700); err != nil {
		panic(err)
	}
	if lock != "" {
		if err := os.WriteFile(filepath.Join(store, lockcore.LockName), []byte(lock), 0o600); err != nil {
			panic(err)
		}
	}
	return store
}
