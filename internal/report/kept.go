package report

import (
	"slices"
	"time"
	"unicode/utf8"

	"lockbar/lockcore"
)

// A look is bounded before it is kept on disk, whatever a store holds: a lock may name a host of 64 KiB, and a sync engine may
// make any number of copies. The token, which distinguishes locks, stays as it is. lockcore bounds the records of the copies.

const (
	// KeptCopies limits the conflict copies that are kept; further ones are only counted.
	KeptCopies = 8
	// keptText limits a field whose text is from outside, in bytes: a host name has at most 255.
	keptText = 256
	// keptSentence limits a sentence or a command line, in bytes.
	keptSentence = 1 << 10
)

// Kept returns the part of a look that its Status on disk keeps.
func Kept(s lockcore.Snapshot) lockcore.Snapshot {
	return NewStatus(Bounded(s), time.Time{}).Snapshot()
}

// Bounded returns a look with a bounded record and at most KeptCopies conflict copies, whatever a store holds.
func Bounded(s lockcore.Snapshot) lockcore.Snapshot {
	list := s.Conflicts.List()
	slices.SortStableFunc(list, supersededLast)
	if more := len(list) - KeptCopies; more > 0 {
		list = list[:KeptCopies]
		s.MoreCopies += more
	}
	s.Record, s.Conflicts = keptRecord(s.Record), lockcore.NewConflicts(list)
	return s
}

// supersededLast sorts superseded copies to the end: they no longer contradict the lock.
func supersededLast(a, b lockcore.Conflict) int {
	switch {
	case a.Superseded == b.Superseded:
		return 0
	case b.Superseded:
		return -1
	}
	return 1
}

// Kept returns the event in the form that is kept, with at most this number of conflict copies in each look. For 0 copies it also drops
// Lock, which Store implies, so that an event with very long paths fits in a line.
func (c Entry) Kept(copies int) Entry {
	c.From, c.To = c.From.kept(copies), c.To.kept(copies)
	return c
}

func (s *Status) kept(copies int) *Status {
	if s == nil {
		return nil
	}
	k := *s
	k.Hosts = nil
	k.Detail, k.Host = cut(k.Detail, keptSentence), cut(k.Host, keptText)
	if k.Record != nil {
		k.Record = Record(keptRecord(*k.Record))
	}
	if k.Process != nil {
		p := *k.Process
		p.Command = cut(p.Command, keptSentence)
		k.Process = &p
	}
	k.Conflicts = k.Conflicts[:min(len(k.Conflicts), copies)]
	k.MoreConflicts += len(s.Conflicts) - len(k.Conflicts)
	if copies == 0 {
		k.Lock = ""
	}
	return &k
}

func keptRecord(r lockcore.Record) lockcore.Record {
	r.Hostname, r.StartedAt = cut(r.Hostname, keptText), cut(r.StartedAt, keptText)
	if len(r.SchemaVersion) > keptText {
		r.SchemaVersion = r.SchemaVersion[:keptText]
	}
	return r
}

// cut shortens s to at most most bytes, and cuts no character in two. s may be any bytes.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
