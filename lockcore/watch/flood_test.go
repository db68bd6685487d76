package watch

import (
	"testing"
	"time"
)

// TestFlood checks that a directory is unwatched after too many events within floodTime, on probation after floodPause, and calm after
// a calm probation.
func TestFlood(t *testing.T) {
	type step struct {
		after  time.Duration // since the previous step
		events int
		want   floodPhase
	}
	const flooded = floodEvents + 1
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"nothing", []step{{0, 0, calm}, {time.Hour, 0, calm}}},
		{"as many as allowed, again and again", []step{{0, floodEvents, calm}, {floodTime, floodEvents, calm}, {floodTime, floodEvents, calm}}},
		{"too many at once", []step{{0, flooded, unwatched}}},
		{"too many in the end", []step{{0, floodEvents, calm}, {floodTime - 1, 1, unwatched}}},
		{"events that were already on their way", []step{{0, 3 * flooded, unwatched}, {floodPause - 1, flooded, unwatched}}},
		{"a calm probation", []step{{0, flooded, unwatched}, {floodPause, 0, probation}, {floodTime - 1, 0, probation}, {1, 0, calm}, {0, 1, calm}}},
		{"a probation with few events", []step{{0, flooded, unwatched}, {floodPause, floodEvents, probation}, {floodTime, 1, calm}}},
		{"a probation with too many events", []step{{0, flooded, unwatched}, {floodPause, 0, probation}, {time.Second, flooded, unwatched}, {floodPause - 1, 0, unwatched}, {1, 0, probation}}},
		{"calm, then too many again", []step{{0, flooded, unwatched}, {floodPause, 0, probation}, {floodTime, flooded, unwatched}}},
	} {
		var f flood
		now := moment
		for i, s := range c.steps {
			now = now.Add(s.after)
			f.expire(now)
			was := f.phase
			leaves := 0
			for range s.events {
				if f.event(now) {
					leaves++
				}
			}
			if f.phase != s.want {
				t.Errorf("%s, step %d: %v, want %v", c.name, i, f.phase, s.want)
			}
			if left := f.phase == unwatched && was != unwatched; leaves > 1 || left != (leaves == 1) {
				t.Errorf("%s, step %d: unwatched %d times", c.name, i, leaves)
			}
		}
	}
}
