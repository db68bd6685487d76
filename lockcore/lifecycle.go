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

// lifecycleName is the file in which the daemon writes its current state. We only read it.
const lifecycleName = "lifecycle_state.json"

// maxLifecycleSize bounds that file, in bytes. We read three short fields of it.
const maxLifecycleSize = 64 << 10

// Lifecycle is the daemon's last report about itself. It is a hint for people and proves nothing: the report of a daemon that was killed
// stays. The zero value means no report.
type Lifecycle struct {
	State        string    // the daemon's own name for its state, such as Awake
	Since        time.Time // zero if not reported
	LastActivity time.Time // zero if not reported
}

// States of a daemon, under its own names.
const (
	Awake       = "WAKE"
	Drowsy      = "DROWSY"
	Asleep      = "SLEEP"
	Hibernating = "HIBERNATION"
)

// Lifecycle reads the file only if it is a regular file of at most maxLifecycleSize, and waits until ReadTimeout or the end of ctx. If the
// file is missing, malformed or unreadable, it returns the zero value.
func (s *Store) Lifecycle(ctx context.Context) Lifecycle {
	l, _ := fsx.InTime(ctx, s.lifecycleSlot, ReadTimeout, func() Lifecycle {
		return parseLifecycle(readPlain(s.path(lifecycleName), maxLifecycleSize).data)
	})
	return l
}

// parseLifecycle returns the zero value if there is no data, or if the state is unknown to us: then the other fields may have another
// meaning too.
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

// isoLayouts lists the formats of Python's isoformat with and without a zone. A time without a zone is taken as UTC.
var isoLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"}

// pythonTime parses seconds since 1970 or an ISO 8601 time. It returns zero for anything else.
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

// maxUnix is the end of the year 9999 in seconds. A larger number is not in seconds.
const maxUnix = 253402300799
