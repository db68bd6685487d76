// Package report defines JSON objects that commands print for scripts: one look at a store, one event between two looks, and the last
// announcements of machines. The journal keeps the events. The names and the order of their members are stable. The package also writes the
// history for people. It opens no file and does not know where the journal is.
package report

import (
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Status is the JSON of one look. record and process have the text of the file and the system unchanged, or cut by Entry.Kept; detail is
// safe to print.
type Status struct {
	Store     string           `json:"store"`
	Lock      string           `json:"lock"`
	State     lockcore.State   `json:"state"`
	Reason    lockcore.Reason  `json:"reason"`
	Detail    string           `json:"detail"`
	Record    *lockcore.Record `json:"record"`
	Token     lockcore.Token   `json:"token"`
	Host      string           `json:"host"`
	Process   *process         `json:"process"`
	Conflicts []conflict       `json:"conflicts"`
	// MoreConflicts counts the copies that are not listed.
	MoreConflicts int `json:"more_conflicts,omitzero"`
	// Hosts lists the machines that share the store; only in the output of status, and only if there are any.
	Hosts     []host `json:"hosts,omitempty"`
	CheckedAt string `json:"checked_at"`
	// Identity is the identity of the store, if it differs from Store; only in the history.
	Identity string `json:"identity,omitempty"`
}

// process is the JSON of Snapshot.Holder.
type process struct {
	Alive     bool    `json:"alive"`
	Command   string  `json:"command"`
	StartedAt *string `json:"started_at"` // null if the system does not report it
}

// conflict is a copy of the lock that a sync engine made.
type conflict struct {
	Path   string           `json:"path"`
	Record *lockcore.Record `json:"record"`
}

// timeLayout is RFC 3339 with milliseconds, which distinguish successive events.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// stamp returns a time in the form that all objects use.
func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }

// NewStatus returns the Status of a look at the given time; nil for the zero Snapshot.
func NewStatus(l lockcore.Snapshot, at time.Time) *Status {
	if l == (lockcore.Snapshot{}) {
		return nil
	}
	return &Status{
		Store: l.Store, Lock: l.Lock, State: l.State, Reason: l.Reason, Detail: words.Detail(l, at.Local()),
		Record: Record(l.Record), Token: l.Token, Host: l.Host, Process: newProcess(l.Holder),
		Conflicts: newConflicts(l.Conflicts.List()), MoreConflicts: l.MoreCopies, CheckedAt: stamp(at),
	}
}

// Record returns a pointer to a record; nil, which is null in JSON, for the zero one.
func Record(r lockcore.Record) *lockcore.Record {
	if r.IsZero() {
		return nil
	}
	return &r
}

func newProcess(p lockcore.Process) *process {
	if p.Status == lockcore.NotProbed {
		return nil
	}
	o := &process{Alive: p.Alive(), Command: p.Command}
	if !p.Started.IsZero() {
		started := stamp(p.Started)
		o.StartedAt = &started
	}
	return o
}

func newConflicts(list []lockcore.Conflict) []conflict {
	objects := make([]conflict, 0, len(list))
	for _, c := range list {
		objects = append(objects, conflict{c.Path, Record(c.Record)})
	}
	return objects
}

// Snapshot returns the part of the look that the Status keeps. That is enough for words.Happened, but not for a change of the lock.
func (s *Status) Snapshot() lockcore.Snapshot {
	if s == nil {
		return lockcore.Snapshot{}
	}
	snapshot := lockcore.Snapshot{Store: s.Store, Lock: s.Lock, State: s.State, Reason: s.Reason, Token: s.Token, Host: s.Host}
	if s.Record != nil {
		snapshot.Record = *s.Record
	}
	// In these cases a lock with our name must be another machine's: otherwise the state or the reason would be another one. In other
	// contested states it counts as ours, since the Status does not tell.
	foreign := s.State == lockcore.HeldElsewhere || s.Reason == lockcore.WitnessGone || s.Reason == lockcore.LocalDaemonAlive
	snapshot.Namesake = foreign && lockcore.SameHost(snapshot.Record.Hostname, s.Host)
	if s.Process != nil {
		snapshot.Holder = lockcore.Process{PID: snapshot.Record.PID, Kind: lockcore.KindOf(s.Process.Command), Command: s.Process.Command}
	}
	var list []lockcore.Conflict
	for _, c := range s.Conflicts {
		one := lockcore.Conflict{Path: c.Path}
		if c.Record != nil {
			one.Record = *c.Record
		}
		list = append(list, one)
	}
	snapshot.Conflicts, snapshot.MoreCopies = lockcore.NewConflicts(list), s.MoreConflicts
	return snapshot
}
