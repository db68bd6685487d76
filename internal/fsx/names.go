package fsx

import "time"

// EachName calls visit for every name in a directory and returns the time of its last change: its modification time or ctime,
// whichever is later, since rsync -a and other tools set the former back to where it was. It opens nothing but a directory: a
// pipe in its place would block. A name is valid until visit returns.
func EachName(dir string, visit func(name []byte)) (time.Time, error) { return eachName(dir, visit) }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
