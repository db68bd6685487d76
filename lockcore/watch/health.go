package watch

import (
	"fmt"
	"time"

	"lockbar/lockcore"
)

// Health reports whether changes to a store are seen at once. The zero value means that this is not known yet.
type Health struct {
	// Events reports that the system announces all changes in the store, as far as is known. The store is polled every Interval in any case.
	Events   bool
	Interval time.Duration
	// Problem explains why only the poll finds some changes in the store or, if Events is true, on the way to it. It may contain the
	// system's error message or the name of the file system. It is empty if no such reason is known.
	Problem string
}

// Check returns the health of a store for a watcher that starts now. It waits until the file system answers; on a dead mount it never
// returns.
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

// health returns the health of store i; poll is the interval if there is no problem.
func (h *fileHints) health(i int, poll time.Duration) Health {
	if problem := h.problem(i); problem != "" {
		return Health{Interval: min(poll, BlindInterval), Problem: problem}
	}
	if problem := h.busyLink(i); problem != "" {
		return Health{Events: true, Interval: min(poll, BlindInterval), Problem: problem}
	}
	return Health{Events: true, Interval: poll}
}

// problem explains why some events of the store itself do not arrive; empty if all do. A .lockbar that cannot be watched is no
// problem: the poll finds what is written there, and a change of the lock is still seen at once.
func (h *fileHints) problem(i int) string {
	r := h.routes[i]
	switch {
	case h.failure != nil:
		return h.failure.Error()
	case r.remote != "":
		return r.remote + " does not report all that other machines or the server change"
	case r.end() == "": // not even the root of the path exists: a missing drive
		return "no directory on the path of the store exists"
	case h.stuck:
		return "the system does not answer requests to watch directories"
	case h.errs[r.end()] != nil:
		return h.errs[r.end()].Error()
	case h.isBusy(r.end()):
		return fmt.Sprintf("%s is too busy to be watched", r.end())
	case r.crowded:
		return fmt.Sprintf("the store has more than %d entries, each of which would have to be kept open", calmEntries)
	}
	return ""
}

func (h *fileHints) isBusy(dir string) bool {
	p := h.places[dir]
	return p != nil && p.busy()
}

// busyLink returns the problem that a link on the way to a store is in a busy directory; empty if none is. The caller has checked the end
// of the way.
func (h *fileHints) busyLink(i int) string {
	for _, s := range h.routes[i].steps {
		if h.isBusy(s.dir) {
			return fmt.Sprintf("%s is too busy to be watched for the link in it", s.dir)
		}
	}
	return ""
}

// explained adds to an error how the user can raise the limit that was reached, since the system's message does not name the setting.
func explained(err error) error {
	if what := limit(err); what != "" {
		return fmt.Errorf("%w: %s", err, what)
	}
	return err
}
