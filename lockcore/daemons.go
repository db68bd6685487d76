package lockcore

import "slices"

// Daemons lists the daemons of the store that this look found here: first who holds it, then who is known to have held it, then who is
// starting. A daemon of another store under the holder's PID is not among them.
func (s Snapshot) Daemons() (list []Process) {
	for _, p := range []Process{s.Holder, s.LocalDaemon, s.Starting} {
		listed := slices.ContainsFunc(list, p.Same)
		if p.Kind == Daemon && p.Alive() && p.store != anotherStore && !listed {
			list = append(list, p)
		}
	}
	return list
}
