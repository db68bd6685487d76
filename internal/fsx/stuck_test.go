package fsx

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
)

// TestStuckRead checks the error of a read that is stuck on a dead mount, and that its path is not read again until it ends.
func TestStuckRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		stuck := func() ([]byte, error) { <-hang; return nil, nil }
		again := func() ([]byte, error) { return []byte("x"), nil }
		for _, read := range []func() ([]byte, error){stuck, again} {
			if data, err := readInTime("/dead", read); data != nil || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("while the read is stuck: %q, %v", data, err)
			}
		}
		close(hang)
		synctest.Wait()
		if data, err := readInTime("/dead", again); err != nil || string(data) != "x" {
			t.Errorf("after the read ended: %q, %v", data, err)
		}
	})
}
