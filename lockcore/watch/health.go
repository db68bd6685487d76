package watch

import (
	"fmt"
	"time"

	"lockbar/lockcore"
)

// Health says whether changes to a store are seen at once. The zero value is not known yet.
type Health struct {
	// Events reports that the system tells of changes in the store. The store is looked at every Interval in any case.
	Events   bool
	Interval time.Duration
	// Problem says why changes, or, if Events is true, changes of the way to the store, are seen only by looking, as the system or
	// the name of the file system puts it. It is empty where the system tells of all.
	Problem string
}

// Check returns the health that a store would have for a watcher that starts now. It returns when the file system answers, which on a
// dead mount is never.
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
	if problem := h.problem(i); problem != "" {
		return Health{Interval: min(poll, BlindInterval), Problem: problem}
	}
	if problem := h.busyLink(i); problem != "" {
		return Health{Events: true, Interval: min(poll, BlindInterval), Problem: problem}
	}
	return Health{Events: true, Interval: poll}
}

// problem: events of the directories on the way to a store are worth much, those of the store itself are what counts. What is
// written in a .lockbar that cannot be watched is seen with the poll: that is no reason to look at the lock more often.
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
	case h.isBusy(r.end()):
		return fmt.Sprintf("%s is too busy to be watched", r.end())
	case r.crowded:
		return fmt.Sprintf("it has more than %d entries, each of which would have to be kept open", calmEntries)
	}
	return ""
}

func (h *fileHints) isBusy(dir string) bool {
	p := h.places[dir]
	return p != nil && p.busy()
}

// busyLink says which link on the way to a store is not watched. The end of the way is not busy.
func (h *fileHints) busyLink(i int) string {
	for _, s := range h.routes[i].steps {
		if h.isBusy(s.dir) {
			return fmt.Sprintf("%s is too busy to be watched for the link in it", s.dir)
		}
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
