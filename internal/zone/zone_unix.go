//go:build unix

package zone

import (
	"os"
	"sync/atomic"
	"time"

	"lockbar/internal/fsx"
)

// localtime is the file with the system's zone, usually a link into the zone database. Go reads the same file
// (time/zoneinfo_unix.go).
const localtime = "/etc/localtime"

// maxZone limits the size of the file, in bytes; the largest zone has about 4 KB.
const maxZone = 64 << 10

// system holds the zone of this process.
var system = newFile(localtime)

func here() *time.Location { return system.here() }

// here returns time.Local if the variable TZ is set, since Go then takes the zone from TZ, which nothing changes while a process runs.
func (f *file) here() *time.Location {
	if _, set := os.LookupEnv("TZ"); set {
		return time.Local
	}
	return f.zone()
}

// A file holds the path of a file with a zone, and its last reading.
type file struct {
	path string
	read atomic.Pointer[reading]
}

// A reading is a zone and the info of the file that it was read from, which is nil if there was no file. It is immutable.
type reading struct {
	info os.FileInfo
	zone *time.Location
}

// newFile returns a file, and assumes that time.Local was read from its current content.
func newFile(path string) *file {
	f := &file{path: path}
	info, _ := os.Lstat(path)
	f.read.Store(&reading{info, time.Local})
	return f
}

// zone returns the file's zone. It reads the file again if what is at its path, often a link, was replaced or changed; it does not notice a
// change behind the link. If the file cannot be read, the zone stays, because the file may be replaced in steps.
func (f *file) zone() *time.Location {
	was := f.read.Load()
	info, err := os.Lstat(f.path)
	if err != nil || was.isOf(info) {
		return was.zone
	}
	data, err := fsx.ReadLinked(f.path, maxZone)
	if err != nil {
		return was.zone
	}
	zone, err := time.LoadLocationFromTZData("Local", data)
	if err != nil {
		return was.zone
	}
	f.read.Store(&reading{info, zone})
	return zone
}

// isOf reports whether a reading is from this file, unchanged since.
func (r *reading) isOf(info os.FileInfo) bool {
	return r.info != nil && os.SameFile(r.info, info) && r.info.ModTime().Equal(info.ModTime())
}
