package tray

import (
	"errors"
	"path/filepath"
	"slices"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// shownPast limits the events that Recent Activity shows, so that they fit a menu.
const shownPast = 10

// past is an event of the history in words.
type past struct {
	At       time.Time
	Store    string // its directory
	Sentence string
}

func pastOf(c report.Entry) past {
	return past{c.Time(), c.To.Store, words.HappenedBriefly(c.Event, c.From.Snapshot(), c.To.Snapshot())}
}

// historyLine is one for the history.
type historyLine struct {
	entry report.Entry
	from  time.Time           // when the look before was
	gone  []lockcore.Conflict // the conflict copies that went, which a command may have set aside
	store *lockcore.Store
}

// ownTime bounds how long before a look the backup may be dated of a change that the look does not show yet: it is written first.
const ownTime = 5 * time.Second

// nameOf returns the name of the backup that led from that look to an event; empty where it is from before the look.
func nameOf(b lockcore.Backup, from time.Time) string {
	if b.Path == "" || b.At.Add(ownTime).Before(from) {
		return ""
	}
	return filepath.Base(b.Path)
}

// setAside returns the name of the backup of a copy that went.
func (h historyLine) setAside() string {
	if len(h.gone) == 0 {
		return ""
	}
	b, ok := h.store.LastCopy()
	if !ok || !slices.ContainsFunc(h.gone, func(c lockcore.Conflict) bool { return c.Record == b.Record }) {
		return ""
	}
	return nameOf(b, h.from)
}

// job holds what the loop wants kept and sent. The keeper first writes the history, by which the next process knows, after a kill,
// that an event is written; then what was told; and then sends the letters, which are in that file too.
type job struct {
	lines   []historyLine
	saving  *saving // nil: all as it was
	letters []notify.Letter
}

// saving holds what outlives this process.
type saving struct {
	holders state.Holders
	looks   state.Looks
	told    notify.Saved
	host    string // the name of this machine
	id      string // its id in stores that are shared, where that is not the system's
}

func (j job) empty() bool {
	return len(j.lines) == 0 && j.saving == nil && len(j.letters) == 0
}

// and joins two jobs, of which the second comes after the first.
func (j job) and(next job) job {
	j.lines = append(j.lines, next.lines...)
	j.letters = append(j.letters, next.letters...)
	if next.saving != nil {
		j.saving = next.saving
	}
	return j
}

// handOver gives the keeper what there is to do, along with what it has not begun: the channel has room for one job, and
// nobody else sends.
func (l *loop) handOver() {
	if l.pending.empty() {
		return
	}
	select {
	case waiting := <-l.jobs:
		l.pending = waiting.and(l.pending)
	default:
	}
	l.jobs <- l.pending
	l.pending = job{}
}

// keeper does the jobs: the loop itself touches no disk.
type keeper struct {
	dir     string // the state directory; empty: nothing is kept
	log     logs
	journal state.Journal
	spent   string // the backup of the copies that were set aside last: it explains no later event
	send    func(notify.Letter) error

	left  job              // what could not be written yet: another writer has the lock, or the disk is full
	pause time.Duration    // until it is tried again; 0: there is none
	again <-chan time.Time // when that is over
}

const (
	// firstPause is the time until a failed write is retried. Each pause is twice the one before, up to longestPause.
	firstPause   = 5 * time.Second
	longestPause = 10 * time.Minute
	// maxLeft limits the lines of the history that wait for that.
	maxLeft = 100
)

func newKeeper(dir string, log logs, send func(notify.Letter) error) *keeper {
	return &keeper{dir: dir, log: log, journal: state.OpenJournal(dir), send: send}
}

// run does jobs until there will be no more, and those that wait then. A value on saves has it do now what waits for another try; it closes
// that channel then.
func (k *keeper) run(over <-chan struct{}, jobs <-chan job, saves <-chan chan<- struct{}) {
	for {
		select {
		case j := <-jobs:
			k.do(j)
		case <-k.again:
			k.do(job{})
		case saved := <-saves:
			k.doRest(jobs)
			close(saved)
		case <-over:
			k.doRest(jobs)
			return
		}
		k.plan()
	}
}

func (k *keeper) doRest(jobs <-chan job) {
	select {
	case j := <-jobs:
		k.do(j)
	default:
		k.do(job{})
	}
}

// plan says when to try again what could not be written.
func (k *keeper) plan() {
	if k.left.empty() {
		k.pause, k.again = 0, nil
		return
	}
	k.pause = min(max(firstPause, 2*k.pause), longestPause)
	k.again = time.After(k.pause)
}

// do does one job. It sends letters even if what was told cannot be written: after a restart an alarm told twice is better than one
// never told. Where another writer hangs, each of the two files delays the letters by a second at most.
func (k *keeper) do(j job) {
	if k.dir != "" {
		k.left = k.write(k.left.and(job{lines: j.lines, saving: j.saving}))
	}
	for _, l := range j.letters {
		if l.Slot == notify.GreetingSlot && k.left.saving != nil {
			continue // it would come again with each start; if it can be kept later, the next start tells it
		}
		k.log.failed("not sent", k.send(l))
	}
}

// write returns what could not be written.
func (k *keeper) write(j job) (left job) {
	for i, l := range j.lines {
		err := k.record(l)
		k.log.failed("not kept: history", err)
		if err != nil && !errors.Is(err, state.ErrTooLong) { // each of the others would wait as long
			left.lines = j.lines[max(i, len(j.lines)-maxLeft):]
			break
		}
	}
	if err := k.save(j.saving); err != nil {
		k.log.failed("not kept", err)
		left.saving = j.saving
	}
	return left
}

func (k *keeper) record(l historyLine) error {
	name := l.setAside()
	if name == k.spent {
		name = ""
	}
	if name != "" {
		l.entry.Backup = name
	}
	err := k.journal.Record(l.entry)
	if err == nil && name != "" {
		k.spent = name
	}
	return err
}

func (k *keeper) save(s *saving) error {
	if s == nil {
		return nil
	}
	told, err := s.told.Encode()
	if err != nil {
		return err
	}
	return state.Update(k.dir, func(saved *state.Saved) {
		saved.Hold(s.holders)
		saved.Note(s.looks)
		saved.AddName(s.host)
		saved.SharedID = s.id
		saved.Told = told
	})
}

// readSaved returns what the process before this one left, as far as it is understood, and whether all of it is.
func readSaved(dir string, log logs) (_ state.Saved, _ notify.Saved, readable bool) {
	saved, err := state.Read(dir)
	log.failed("not known any more", err)
	told, badTold := notify.DecodeSaved(saved.Told)
	log.failed("what was told is not known any more", badTold)
	return saved, told, err == nil && badTold == nil
}

// readPast gives the newest events of the history, oldest first. A history that cannot be read is empty here.
func readPast(dir string, log logs) []past {
	if dir == "" {
		return nil
	}
	lines, err := state.OpenJournal(dir).Recent(shownPast)
	log.failed("what happened before is not shown", err)
	var list []past
	for _, e := range report.ParseLines(lines) {
		list = append(list, pastOf(e.Entry))
	}
	return list
}

// title is "14:02 mac-mini took over from this Mac". It names the store unless that is the only one that is watched.
func (p past) title(names map[string]string, now time.Time) string {
	store, watched := names[p.Store]
	switch {
	case !watched:
		store = words.Clean(p.Store) + ": "
	case len(names) > 1:
		store += ": "
	default:
		store = ""
	}
	return words.Clock(p.At, now) + " " + store + p.Sentence
}
