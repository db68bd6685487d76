package tray

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// shownPast is how many events Recent Activity shows: what fits a menu.
const shownPast = 10

// past is an event of the history in words.
type past struct {
	At       time.Time
	Store    string // its directory
	Sentence string
}

func pastOf(c report.Change) past { return past{c.Time(), c.To.Store, c.Sentence()} }

// historyLine is one for the history.
type historyLine struct {
	entry report.Change
	from  time.Time           // when the look before was
	gone  []lockcore.Conflict // the conflict copies that went, which a command may have set aside
	store *lockcore.Store
}

// ownTime is how much earlier than a look that does not show it yet the backup of a change may be dated: it is on disk first.
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

// job is what the loop wants kept and sent, in this order: first the history, from which a killed process' next one can
// tell that an event is written; then what was told; only then the letters, which stand in that memory too.
type job struct {
	lines   []historyLine
	holders state.Holders  // nil: as they were
	memory  *notify.Memory // nil: as it was
	letters []notify.Letter
	host    string // a name of this machine, to be remembered
}

func (j job) empty() bool {
	return len(j.lines) == 0 && j.holders == nil && j.memory == nil && len(j.letters) == 0 && j.host == ""
}

// and is what two jobs ask for, the second after the first.
func (j job) and(next job) job {
	j.lines = append(j.lines, next.lines...)
	j.letters = append(j.letters, next.letters...)
	if next.holders != nil {
		j.holders = next.holders
	}
	if next.memory != nil {
		j.memory = next.memory
	}
	if next.host != "" {
		j.host = next.host
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
}

func newKeeper(dir string, log logs, send func(notify.Letter) error) *keeper {
	return &keeper{dir: dir, log: log, journal: state.OpenJournal(dir), send: send}
}

// run does jobs until there will be no more, and those that wait then.
func (k *keeper) run(over <-chan struct{}, jobs <-chan job) {
	for {
		select {
		case j := <-jobs:
			k.do(j)
		case <-over:
			select {
			case j := <-jobs:
				k.do(j)
			default:
			}
			return
		}
	}
}

// do does one job. What cannot be written is still sent: better told twice after a restart than never.
func (k *keeper) do(j job) {
	if k.dir != "" {
		for _, l := range j.lines {
			k.log.failed("not kept: history", k.record(l))
		}
		if j.holders != nil {
			k.log.failed("not kept: holders", j.holders.Put(k.dir))
		}
		k.log.failed("not kept: memory", k.write(j.memory))
		if j.host != "" {
			k.log.failed("not kept: host name", state.RememberHostname(k.dir, j.host))
		}
	}
	for _, l := range j.letters {
		k.log.failed("not sent", k.send(l))
	}
}

func (k *keeper) record(l historyLine) error {
	if name := l.setAside(); name != "" && name != k.spent {
		l.entry.Backup, k.spent = name, name
	}
	return k.journal.Record(l.entry)
}

func (k *keeper) write(m *notify.Memory) error {
	if m == nil {
		return nil
	}
	data, err := m.Encode()
	if err != nil {
		return err
	}
	return fsx.Replace(notify.MemoryPath(k.dir), data, 0o600)
}

// readMemory gives what the process before this one had told. A file that cannot be understood, or is none, is put aside, and
// everything begins anew.
func readMemory(dir string, log logs) notify.Memory {
	m, err := notify.ReadMemory(dir)
	if err != nil {
		log.failed("what was told is not known any more", errors.Join(err, putAside(notify.MemoryPath(dir), err)))
	}
	return m
}

// putAside makes room for a new file; the one before stays for who wants to know what happened. A file system that does not
// answer is not asked again.
func putAside(path string, why error) error {
	if errors.Is(why, os.ErrDeadlineExceeded) {
		return nil
	}
	err := os.Rename(path, path+".bad")
	if err != nil { // a directory has that name, or is to get it from a file
		err = os.Rename(path, fmt.Sprintf("%s.%d.bad", path, time.Now().UnixNano()))
	}
	return err
}

// readPast gives the newest events of the history, oldest first. A history that cannot be read is empty here.
func readPast(dir string, log logs) []past {
	if dir == "" {
		return nil
	}
	lines, err := state.OpenJournal(dir).Recent(shownPast)
	log.failed("what happened before is not shown", err)
	var list []past
	for _, e := range report.Entries(lines) {
		list = append(list, pastOf(e.Change))
	}
	return list
}

// title is "14:02 mac-mini took over from this Mac".
func (p past) title(names map[string]string, now time.Time) string {
	store := ""
	if len(names) > 1 {
		store = names[p.Store]
		if store == "" {
			store = words.Clean(p.Store)
		}
		store += ": "
	}
	return words.Clock(p.At, now) + " " + store + p.Sentence
}
