package watch

import (
	"fmt"
	"time"

	"lockbar/lockcore"
)

// Health says whether changes to a store are seen at once. The zero value is not known yet.
type Health struct {
	// Events: what changes in the store is told by the system. If not, it is seen by looking every Interval, and Problem
	// says why, as the system or the name of the file system puts it.
	Events   bool
	Interval time.Duration
	Problem  string
}

// Check says what the health of a store would be. It waits for as long as the file system does: give it a goroutine of its
// own where that may be a dead mount.
func Check(s *lockcore.Store) Health {
	files := newFileHints(1, realSystem())
	defer files.close()
	files.restart()
	files.follow(0, files.find(s.Dir()), time.Now())
	if files.waits(0) {
		files.accept(<-files.answers, time.Now())
	}
	return files.health(0, PollInterval)
}

// health says how the store i is served, poll being the interval where all is well.
func (h *fileHints) health(i int, poll time.Duration) Health {
	problem := h.problem(i)
	if problem == "" {
		return Health{Events: true, Interval: poll}
	}
	return Health{Interval: min(poll, BlindInterval), Problem: problem}
}

// problem: events of the directories on the way to a store are worth much, those of the store itself are what counts.
func (h *fileHints) problem(i int) string {
	r := h.routes[i]
	switch {
	case h.failure != nil:
		return h.failure.Error()
	case r.remote != "":
		return r.remote + " does not tell what other machines or the server change"
	case r.end() == "": // no way to the store begins anywhere: a drive that is not there
		return "there is nothing on the way to it that could be watched"
	case h.stuck:
		return "the system does not answer when it is asked to watch directories"
	case h.errs[r.end()] != nil:
		return h.errs[r.end()].Error()
	case r.crowded:
		return fmt.Sprintf("it has more than %d entries, each of which would have to be kept open", calmEntries)
	}
	return ""
}

// explained says of an error what the user can do, where a limit is reached: the system's words name none.
func explained(err error) error {
	if what := limit(err); what != "" {
		return fmt.Errorf("%w: %s", err, what)
	}
	return err
}
