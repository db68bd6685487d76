package words

import (
	"cmp"

	"lockbar/lockcore"
)

// SignOf returns the sign of a state.
func SignOf(s lockcore.State) sign { return stateRowOf(s).sign }

// VerdictOf returns how much a look asks of the user.
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

// judged returns the row of a judgement. One that lockcore does not give has a row as well, since a journal may hold any.
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

// stateRowOf returns the row of a state. One that lockcore does not have is as good as unknown.
func stateRowOf(s lockcore.State) *stateRow {
	if int(s) < len(table) {
		return &table[s]
	}
	return &table[lockcore.Unknown]
}

// override puts what o says in the place of what r says.
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
