package main

import (
	"fmt"
	"strings"
)

// row is one figure: a metric of a benchmark, beside which there may be a metric "floor-" with its floor.
type row struct {
	text        string
	bench, unit string
	most        float64 // that the figure may be; 0 where nothing is promised
	mostRatio   float64 // that it may be of its floor
}

var rows = []row{
	{"a change on disk to the new icon, median; floor: a bare fsnotify program's D-Bus signal", "Change", "p50-ms", 0, 1.8},
	{"the same, 99th percentile", "Change", "p99-ms", 20, 0},
	{"the same of a program that gives the tray library an icon, median", "Change", "library-p50-ms", 0, 0},
	{"end of the holder to the new icon, median; floor: a program that waits for a pidfd", "Death", "p50-ms", 3, 0},
	{"the same, 99th percentile", "Death", "p99-ms", 0, 0},
	{"start of the tray to its registered icon, median; floor: a bare item", "Start", "p50-ms", 30, 0},
	{"`lockbar status` where the lock names us, median; floor: an empty Go program", "Status", "p50-ms", 15, 0},
	{"what 500 processes to look through add", "Status", "processes-ms", 8, 0},
	{"what 100,000 other files in the store add; floor: listing them", "Status", "files-ms", 0, 1},
	{"most memory of `lockbar status`", "Status", "rss-MB", 12, 0},
	{"the same with 100,000 other files", "Status", "files-rss-MB", 12, 0},
	{"memory of the tray, idle for a minute (RSS); floor: a Go program that wakes as often", "Idle", "rss-MB", 12, 0},
	{"the same under xfce4-panel", "Panel", "rss-MB", 12, 0},
	{"voluntary switches in that minute", "Idle", "switches", 6, 0},
	{"CPU time in that minute", "Idle", "cpu-ms", 0, 1.2},
	{"CPU of the tray in a quiet home; floor: the same", "BusyHome", "quiet-ms/s", 0, 1.2},
	{"the same while 1000 files a second come and go in the home", "BusyHome", "files-ms/s", 0, 1.1},
	{"that, of what the tray takes in the quiet home", "BusyHome", "files-x", 1.1, 0},
	{"the same during a download into the home", "BusyHome", "download-ms/s", 0, 1.1},
	{"that, of what the tray takes in the quiet home", "BusyHome", "download-x", 1.1, 0},
	{"while files come and go and the store is missing", "BusyHome", "missing-files-ms/s", 0, 0},
	{"during a download and the store is missing", "BusyHome", "missing-download-ms/s", 0, 0},
	{"CPU for a storm of 20,000 other files in the store; floor: a bare fsnotify program", "BusyStore/storm", "cpu-ms", 0, 1.2},
	{"CPU for a download into the store, 5 s", "BusyStore/download", "cpu-ms", 0, 1.2},
	{"new icons during a storm on the lock, at most", "LockStorm", "icons/s", 10, 0},
	{"from the last lock of a storm to the right icon, median", "LockStorm", "p50-ms", 0, 0},
	{"the same, at most", "LockStorm", "max-ms", 150, 0},
	{"memory of the tray with 1 store; floor: a bare fsnotify program", "Stores", "1-rss-MB", 0, 0},
	{"with 10", "Stores", "10-rss-MB", 0, 0},
	{"with 100", "Stores", "100-rss-MB", 0, 0},
	{"of each store beyond the first, with 100", "Stores", "100-kB/store", 60, 0},
	{"of each without the menu, with 100", "StoresWithoutMenu", "100-kB/store", 60, 0},
	{"of each without the menu, with 1000", "StoresWithoutMenu", "1000-kB/store", 60, 0},
	{"voluntary switches in a minute with 1 store", "Stores", "1-switches", 0, 0},
	{"with 100", "Stores", "100-switches", 0, 0},
	{"with 1000, without the menu", "StoresWithoutMenu", "1000-switches", 0, 0},
	{"CPU time in a minute with 1 store", "Stores", "1-cpu-ms", 0, 0},
	{"with 100", "Stores", "100-cpu-ms", 0, 0},
	{"with 1000, without the menu", "StoresWithoutMenu", "1000-cpu-ms", 0, 0},
	{"start to the registered icon with 100 stores; floor: all watched", "Stores", "100-start-ms", 0, 0},
	{"start to 1000 stores seen, without the menu", "StoresWithoutMenu", "1000-start-ms", 0, 0},
	{"inotify instances with 100 stores", "Stores", "100-instances", 1, 0},
	{"inotify watches with 100 stores", "Stores", "100-watches", 0, 0},
}

// metric is what parse calls it.
func (r row) metric(prefix string) string { return r.bench + " " + prefix + r.unit }

// markdown is the row of a metric that was measured.
func (r row) markdown(figures map[string]float64) string {
	value := figures[r.metric("")]
	floor, ok := figures[r.metric("floor-")]
	cells := []string{r.text, number(value) + r.suffix(), "", "", r.bound(value, floor)}
	if ok {
		cells[2] = number(floor) + r.suffix()
	}
	if floor > 0 {
		cells[3] = number(value/floor) + "x"
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// function is the benchmark without its part.
func (r row) function() string {
	name, _, _ := strings.Cut(r.bench, "/")
	return name
}

// suffix is the unit as people write it: that of 100-kB/store is kB. What is counted is said in the text.
func (r row) suffix() string {
	unit := r.unit[strings.LastIndexByte(r.unit, '-')+1:]
	switch unit {
	case "switches", "instances", "watches":
		return ""
	case "x":
		return unit
	case "icons/s":
		return " a second"
	case "kB/store":
		return " kB"
	}
	return " " + unit
}

// bound says what was promised, and whether it is missed.
func (r row) bound(value, floor float64) (text string) {
	var missed bool
	switch {
	case r.most > 0:
		text, missed = number(r.most)+r.suffix(), value > r.most
	case r.mostRatio > 0:
		text, missed = fmt.Sprintf("%gx", r.mostRatio), value > floor*r.mostRatio
	}
	if missed {
		text += " **missed**"
	}
	return text
}
