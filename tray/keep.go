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

// past describes an event of the history in words.
type past struct {
	At       time.Time
	Store    string // its directory
	Sentence string
}

func pastOf(c report.Entry) past {
	return past{c.Time(), c.To.Store, words.HappenedBriefly(c.Event, c.From.Snapshot(), c.To.Snapshot())}
}

// historyLine holds an event that is to be written to the history.
type historyLine struct {
	entry report.Entry
	from  time.Time           // the time of the look that was kept before
	gone  []lockcore.Conflict // the conflict copies that are gone: a click or a command may have set them aside
	store *lockcore.Store
}

// backupLead bounds the time from a backup to its change, which follows it: a look between the two does not show the change yet.
const backupLead = 5 * time.Second

// backupName returns the name of a backup; empty if there is none, or if it is too old to belong to a change since the look at from.
func backupName(b lockcore.Backup, from time.Time) string {
	if b.Path == "" || b.At.Add(backupLead).Before(from) {
		return ""
	}
	return filepath.Base(b.Path)
}

// setAside returns the name of the backup of the copies that are gone; empty if Lockbar has not set them aside.
func (h historyLine) setAside() string {
	if len(h.gone) == 0 {
		return ""
	}
	b, ok := h.store.LastCopy()
	if !ok || !slices.ContainsFunc(h.gone, func(c lockcore.Conflict) bool { return c.Record == b.Record }) {
		return ""
	}
	return backupName(b, h.from)
}

// job holds what the keeper must write and send. The keeper writes the history first, so that after a kill the next process sees which
// events are written. Then it writes the saving, and then it sends the letters. The saving contains the letters too, in case of a kill,
// but not answers to clicks, the greeting, or the withdrawal of a clicked message.
type job struct {
	lines   []historyLine
	saving  *saving // nil: unchanged
	letters []notify.Letter
}

// saving holds what outlives this process.
type saving struct {
	holders  state.Holders
	looks    state.Looks
	messages notify.Saved
	host     string // the name of this machine
	id       string // its id in shared stores, if that is not the system's id
}

func (j job) empty() bool {
	return len(j.lines) == 0 && j.saving == nil && len(j.letters) == 0
}

// then joins two jobs, in this order.
func (j job) then(next job) job {
	j.lines = append(j.lines, next.lines...)
	j.letters = append(j.letters, next.letters...)
	if next.saving != nil {
		j.saving = next.saving
	}
	return j
}

// handOver gives the pending job to the keeper. It joins a job that the keeper has not begun, since the channel has room for only one.
// It never blocks, since nobody else sends.
func (l *loop) handOver() {
	if l.pending.empty() {
		return
	}
	select {
	case waiting := <-l.jobs:
		l.pending = waiting.then(l.pending)
	default:
	}
	l.jobs <- l.pending
	l.pending = job{}
}

// keeper does the jobs, so that the loop itself never waits for a file.
type keeper struct {
	dir      string // the state directory; empty: nothing is kept
	log      logs
	journal  state.Journal
	usedCopy string // the backup of copies that was recorded last: each explains one event
	send     func(notify.Letter) error

	unwritten job              // not written yet: another writer has the lock, or the disk is full
	pause     time.Duration    // until the next retry; 0: none
	retry     <-chan time.Time // fires after pause
}

const (
	// firstPause delays the first retry of a failed write. Each pause is twice the one before, up to longestPause.
	firstPause   = 5 * time.Second
	longestPause = 10 * time.Minute
	// maxUnwritten limits the lines of the history that wait for a retry.
	maxUnwritten = 100
)

func newKeeper(dir string, log logs, send func(notify.Letter) error) *keeper {
	return &keeper{dir: dir, log: log, journal: state.OpenJournal(dir), send: send}
}

// run does jobs until stopped is closed, and then what waits. When it receives a channel from saves, it does the waiting job, retries
// failed writes at once, and then closes that channel.
func (k *keeper) run(stopped <-chan struct{}, jobs <-chan job, saves <-chan chan<- struct{}) {
	for {
		select {
		case j := <-jobs:
			k.do(j)
		case <-k.retry:
			k.do(job{})
		case saved := <-saves:
			k.doRest(jobs)
			close(saved)
		case <-stopped:
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

// plan sets when to retry what could not be written.
func (k *keeper) plan() {
	if k.unwritten.empty() {
		k.pause, k.retry = 0, nil
		return
	}
	k.pause = min(max(firstPause, 2*k.pause), longestPause)
	k.retry = time.After(k.pause)
}

// do does one job. It sends letters even if the saving cannot be written: an alarm repeated after a restart is better than one that is
// never shown. Only the greeting is not sent then. If another writer hangs, each of the two files delays the letters by a second at most.
func (k *keeper) do(j job) {
	if k.dir != "" {
		k.unwritten = k.write(k.unwritten.then(job{lines: j.lines, saving: j.saving}))
	}
	for _, l := range j.letters {
		if l.Slot == notify.GreetingSlot && k.unwritten.saving != nil {
			continue // each start would repeat it; the first start that can save it sends it
		}
		k.log.note("not sent", k.send(l))
	}
}

// write writes the files of a job, and returns what could not be written.
func (k *keeper) write(j job) (unwritten job) {
	for i, l := range j.lines {
		err := k.record(l)
		k.log.note("not kept: history", err)
		if err != nil && !errors.Is(err, state.ErrTooLong) { // each of the other lines would take as long to fail
			unwritten.lines = j.lines[max(i, len(j.lines)-maxUnwritten):]
			break
		}
	}
	if err := k.save(j.saving); err != nil {
		k.log.note("not kept", err)
		unwritten.saving = j.saving
	}
	return unwritten
}

func (k *keeper) record(l historyLine) error {
	name := l.setAside()
	if name == k.usedCopy {
		name = ""
	}
	if name != "" {
		l.entry.Backup = name
	}
	err := k.journal.Record(l.entry)
	if err == nil && name != "" {
		k.usedCopy = name
	}
	return err
}

func (k *keeper) save(s *saving) error {
	if s == nil {
		return nil
	}
	data, err := s.messages.Encode()
	if err != nil {
		return err
	}
	return state.Update(k.dir, func(saved *state.Saved) {
		saved.SetHolders(s.holders)
		saved.SetLooks(s.looks)
		saved.AddName(s.host)
		saved.SharedID = s.id
		saved.Told = data
	})
}

// readSaved returns what the previous process saved, as far as it can be read, and whether all of it can.
func readSaved(dir string, log logs) (_ state.Saved, _ notify.Saved, readable bool) {
	saved, err := state.Read(dir)
	log.note("saved state not read", err)
	messages, badMessages := notify.DecodeSaved(saved.Told)
	log.note("the record of the messages was not read", badMessages)
	return saved, messages, err == nil && badMessages == nil
}

// readPast returns the newest events of the history, oldest first; none if the history cannot be read.
func readPast(dir string, log logs) []past {
	if dir == "" {
		return nil
	}
	lines, err := state.OpenJournal(dir).Recent(shownPast)
	log.note("the history is not shown", err)
	var list []past
	for _, e := range report.ParseLines(lines) {
		list = append(list, pastOf(e.Entry))
	}
	return list
}

// title returns "14:02 mac-mini took over from this Mac". It names the store unless that is the only watched one.
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
