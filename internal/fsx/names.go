package fsx

import "time"

// EachName calls visit for every name in a directory and returns the time of the directory's last change: the later of its
// modification time and ctime, since rsync -a and other tools set the modification time back. It returns an error for anything but a
// directory, and does not block on a pipe. A name is valid until visit returns.
func EachName(dir string, visit func(name []byte)) (time.Time, error) { return eachName(dir, visit) }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
