package fsx

import (
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// TestStuckRead checks that on a dead mount at most one read of a path is stuck, that another path is read meanwhile, and that the first is
// read again when the stuck read has ended.
func TestStuckRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		var reads atomic.Int32
		read := func() ([]byte, error) {
			reads.Add(1)
			<-hang
			return []byte("x"), nil
		}
		for range 3 {
			if _, err := readInTime("/dead", read); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(err)
			}
		}
		if n := reads.Load(); n != 1 {
			t.Errorf("%d reads are stuck, want 1", n)
		}
		if _, err := readInTime("/alive", func() ([]byte, error) { return nil, nil }); err != nil {
			t.Error("another path:", err)
		}
		close(hang)
		synctest.Wait()
		if data, err := readInTime("/dead", read); err != nil || string(data) != "x" {
			t.Error(string(data), err)
		}
	})
}
