//go:build unix

package lockcore_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// BenchmarkInspectAmongProcesses measures looks without and with many other processes. If the lock plainly names us, another process
// costs nothing; if there is no lock, it costs a read of its arguments on Linux, and of its program's name elsewhere.
func BenchmarkInspectAmongProcesses(b *testing.B) {
	if testing.Short() {
		b.Skip("it starts hundreds of processes")
	}
	const many = 400
	for _, extra := range []int{0, many} {
		for range extra {
			startSleeper(b)
		}
		for _, c := range []struct {
			name string
			lock []byte
			want lockcore.State
		}{
			{"absent", nil, lockcore.Unlocked},
			{"held-here", of(host, os.Getpid()).Encode(), lockcore.HeldHere},
		} {
			s := newStore(b)
			if c.lock != nil {
				write(b, s, c.lock)
			}
			b.Run(fmt.Sprintf("%s/%d-more", c.name, extra), func(b *testing.B) {
				for b.Loop() {
					sink = s.Look(lockcore.Memory{}, nil)
				}
				if sink.State != c.want {
					b.Fatalf("%s/%s", sink.State, sink.Reason)
				}
			})
		}
	}
}

// startSleeper starts a process that only sleeps.
func startSleeper(b *testing.B) {
	b.Helper()
	cmd := exec.Command("sleep", "1000")
	testfs.Check(b, cmd.Start())
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}
