package cli

import "testing"

// TestKilledRunTakesItsCommandAlong: CMD must not write on without a holder.
func TestKilledRunTakesItsCommandAlong(t *testing.T) {
	w := newWorld(t)
	r := w.startRun("echo $$; exec sleep 1000")
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
	gone(t, r.child)
	w.run("status", "--exit-code").want(t, 12)
}
