package machine

import "slices"

// An Entry is a process in the process table of Windows.
type Entry struct {
	PID, Parent int    // the PID of the parent may have been reused: see Started
	StartID     uint64 // as in Process
	Name        string // of its program's file
	Args        []string
}

// Started reports whether a process started another one. A PID is reused, so a parent counts only if it did not start after its
// child. It reports false if the clock was set back between the two starts, as happens while the computer boots.
func (e Entry) Started(child Entry) bool { return child.Parent == e.PID && e.StartID <= child.StartID }

// Launches reports whether a process is only the launcher of another one. The python.exe of a virtual environment, and py.exe,
// start the interpreter with the same arguments and wait for it, so that one daemon shows as two processes.
func (e Entry) Launches(child Entry) bool {
	if !e.Started(child) || len(child.Args) < 2 || len(e.Args) < len(child.Args) {
		return false
	}
	own := child.Args[1:] // in the arguments of py.exe its own options, such as -3.12, come before these
	return slices.Equal(own, e.Args[len(e.Args)-len(own):])
}

// withoutLaunchers returns the PIDs of a table, except those of launchers whose child is in the table.
func withoutLaunchers(table []Entry) (pids []int) {
	for _, e := range table {
		if !slices.ContainsFunc(table, e.Launches) {
			pids = append(pids, e.PID)
		}
	}
	return pids
}
