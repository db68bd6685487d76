package config

// Notify selects the kinds of notification that are shown.
type Notify struct {
	Takeover    bool // another computer took a store over
	Stale       bool // a lock was left behind
	Crashes     bool // the daemon keeps crashing
	Contested   bool // two daemons may write to one store
	Corrupt     bool // a lock's content is not valid
	Resurrected bool // a removed lock came back
	Away        bool // what happened while the user was away
}

// Kind names a field of Notify in the file.
type Kind string

const (
	Takeover    Kind = "takeover"
	Stale       Kind = "stale"
	Crashes     Kind = "crashes"
	Contested   Kind = "contested"
	Corrupt     Kind = "corrupt"
	Resurrected Kind = "resurrected"
	Away        Kind = "away"
)

// Kinds returns all kinds, in the order of the menu.
func Kinds() []Kind { return []Kind{Takeover, Stale, Crashes, Contested, Corrupt, Resurrected, Away} }

// Switch returns the field of a kind; nil for an unknown kind.
func (n *Notify) Switch(k Kind) *bool {
	return map[Kind]*bool{
		Takeover: &n.Takeover, Stale: &n.Stale, Crashes: &n.Crashes, Contested: &n.Contested,
		Corrupt: &n.Corrupt, Resurrected: &n.Resurrected, Away: &n.Away,
	}[k]
}
