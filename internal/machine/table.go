package machine

import "slices"

// Entry is a process as the table of Windows shows it.
type Entry struct {
	PID, Parent int    // Parent may have ended, and its PID be another process by now: see Started
	StartID     uint64 // as in Process
	Name        string // of its program's file
	Args        []string
}

// Started reports whether a process has started another one within one run of the clock: a PID is used again, so a parent counts only if it
// did not start after its child. Of a process that was there when the clock was set back, as at the start of the computer, it is not true.
func (e Entry) Started(child Entry) bool { return child.Parent == e.PID && e.StartID <= child.StartID }

// Launches reports whether a process is only the launcher of another one. The python.exe of a virtual environment, and py.exe, start the
// interpreter with the same arguments and wait for it, so that one daemon shows as two processes.
func (e Entry) Launches(child Entry) bool {
	if !e.Started(child) || len(child.Args) < 2 || len(e.Args) < len(child.Args) {
		return false
	}
	own := child.Args[1:] // py.exe keeps what it is told before them, as -3.12
	return slices.Equal(own, e.Args[len(e.Args)-len(own):])
}

// withoutLaunchers returns the PIDs of a table, but for a launcher whose child is there.
func withoutLaunchers(table []Entry) (pids []int) {
	for _, e := range table {
		if !slices.ContainsFunc(table, e.Launches) {
			pids = append(pids, e.PID)
		}
	}
	return pids
}
