package lockcore

import "slices"

// Daemons lists the daemons of the store that a look found here: first who holds it, then who is known to have held it, then who is
// starting. A daemon of another store under the holder's PID is not among them.
func Daemons(s Snapshot) (list []Process) {
	for _, p := range []Process{s.Holder, s.LocalDaemon, s.Starting} {
		known := slices.ContainsFunc(list, func(o Process) bool { return o.Same(p) }) // with OtherDaemonAlive the holder is both
		if p.Kind == Daemon && p.Alive() && p.store != anotherStore && !known {
			list = append(list, p)
		}
	}
	return list
}
