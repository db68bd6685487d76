package words

import (
	"cmp"

	"lockbar/lockcore"
)

// SignOf returns the sign of a state.
func SignOf(s lockcore.State) sign { return stateRowOf(s).sign }

// VerdictOf returns the verdict on a look.
func VerdictOf(s lockcore.Snapshot) Verdict { return rowOf(&s).verdict }

// rowOf returns the words for a look.
func rowOf(s *lockcore.Snapshot) row {
	r := judged(s.State, s.Reason)
	for i := range exceptions {
		if exceptions[i].when(s) {
			r.override(&exceptions[i].row)
		}
	}
	return r
}

// judged returns the row of a state and its reason. A reason that lockcore does not have gets a row too, since a journal may contain any.
func judged(state lockcore.State, reason lockcore.Reason) row {
	common := stateRowOf(state)
	unknown := &table[lockcore.Unknown]
	r := row{what: unknown.what, do: unknown.do}
	r.override(&common.row)
	for i := range common.reasons {
		if common.reasons[i].reason == reason {
			r.override(&common.reasons[i])
		}
	}
	return r
}

// stateRowOf returns the row of a state; that of Unknown for a state that lockcore does not have.
func stateRowOf(s lockcore.State) *stateRow {
	if int(s) < len(table) {
		return &table[s]
	}
	return &table[lockcore.Unknown]
}

// override replaces the words of r by those that o has. The more serious verdict stays.
func (r *row) override(o *row) {
	if o.what != "" {
		r.what, r.do = o.what, o.do
	}
	r.brief = cmp.Or(o.brief, r.brief)
	r.title = cmp.Or(o.title, r.title)
	r.meaning = cmp.Or(o.meaning, r.meaning)
	r.next = cmp.Or(o.next, r.next)
	r.now = cmp.Or(o.now, r.now)
	r.refused = cmp.Or(o.refused, r.refused)
	r.instead = cmp.Or(o.instead, r.instead)
	r.past = cmp.Or(o.past, r.past)
	r.over = cmp.Or(o.over, r.over)
	r.verdict = max(r.verdict, o.verdict)
}
