package lockcore

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"lockbar/internal/fsx"
)

// lifecycleName is where the daemon writes in which of its states it is. Read-only for us.
const lifecycleName = "lifecycle_state.json"

// maxLifecycleSize is the largest that is read, in bytes: it holds three short fields.
const maxLifecycleSize = 64 << 10

// Lifecycle is what the daemon last said of itself. It is a hint for people and proves nothing: a daemon that was killed
// said "awake" last. The zero value is no word.
type Lifecycle struct {
	State        string    // the daemon's own word for what it does: Awake and so on
	Since        time.Time // zero where it is not said
	LastActivity time.Time // zero where it is not said
}

// What a daemon may do, in its own words.
const (
	Awake       = "WAKE"
	Drowsy      = "DROWSY"
	Asleep      = "SLEEP"
	Hibernating = "HIBERNATION"
)

// Lifecycle reads it by the rules for locks: regular files only, a size cap, and a deadline (ReadTimeout, or the end of
// ctx). What is missing or odd, or cannot be read now, is the zero value.
func (s *Store) Lifecycle(ctx context.Context) Lifecycle {
	l, _ := fsx.InTime(ctx, s.living, ReadTimeout, func() Lifecycle { return readLifecycle(s.path(lifecycleName)) })
	return l
}

func readLifecycle(path string) Lifecycle {
	info, err := fsx.Lstat(path)
	if err != nil {
		return Lifecycle{}
	}
	f := readRegular(path, info, maxLifecycleSize)
	if f.reason != "" || f.absent {
		return Lifecycle{}
	}
	return parseLifecycle(f.data)
}

// parseLifecycle takes nothing of a file whose state is none that we know: its other fields may mean something else too.
func parseLifecycle(data []byte) Lifecycle {
	fields, err := parseObject(data)
	if err != nil {
		return Lifecycle{}
	}
	var state string
	if json.Unmarshal(fields["current_state"], &state) != nil {
		return Lifecycle{}
	}
	switch state {
	case Awake, Drowsy, Asleep, Hibernating:
		return Lifecycle{state, pythonTime(fields["since_ts"]), pythonTime(fields["last_activity_ts"])}
	}
	return Lifecycle{}
}

// isoLayouts are Python's isoformat with and without a zone; without one it is UTC, as in the lock.
var isoLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"}

// pythonTime reads seconds since 1970 or an ISO 8601 time; zero for anything else.
func pythonTime(raw json.RawMessage) time.Time {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		for _, layout := range isoLayouts {
			if t, err := time.Parse(layout, text); err == nil {
				return t.UTC()
			}
		}
	}
	seconds, err := strconv.ParseFloat(string(bytes.TrimSpace(raw)), 64)
	if err != nil || !(seconds >= 1 && seconds <= maxUnix) {
		return time.Time{}
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e9)).UTC()
}

// maxUnix is the end of the year 9999 in seconds: what is later was not written as seconds.
const maxUnix = 253402300799
