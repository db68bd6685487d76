package main

import (
	"fmt"
	"strings"
)

// A row is one figure: a metric of a benchmark. If the benchmark has the same metric with the prefix "floor-", that is its floor.
type row struct {
	text        string
	bench, unit string
	most        float64 // bound of the figure; 0 if none is promised
	mostRatio   float64 // bound of the ratio to the floor
}

var rows = []row{
	{"change on disk to the new icon, median; floor: a bare fsnotify program that sends one D-Bus signal", "Change", "p50-ms", 0, 1.8},
	{"change on disk to the new icon, 99th percentile", "Change", "p99-ms", 20, 0},
	{"change on disk to the new icon of a bare program on the tray library, median", "Change", "library-p50-ms", 0, 0},
	{"death of the holder to the new icon, median; floor: a bare program that waits for it", "Death", "p50-ms", 3, 0},
	{"start of the tray to its registered icon, median; floor: a bare icon", "Start", "p50-ms", 30, 0},
	{"start with 100 stores; floor: a bare program that watches them", "Stores", "100-start-ms", 0, 0},
	{"`lockbar status` where the lock names us, median; floor: an empty Go program", "Status", "p50-ms", 15, 0},
	{"`lockbar status`, for 500 more processes to look through", "Status", "processes-ms", 8, 0},
	{"`lockbar status`, for 100,000 other files in the store; floor: listing them", "Status", "files-ms", 0, 1.1},
	{"`lockbar status`, most memory with 100,000 other files", "Status", "files-rss-MB", 12, 0},
	{"idle for a minute: memory (RSS) under xfce4-panel", "Panel", "rss-MB", 12, 0},
	{"idle for a minute: voluntary switches; floor: a Go program that wakes as often", "Idle", "switches", 6, 0},
	{"idle for a minute: CPU", "Idle", "cpu-ms", 0, 1.2},
	{"idle with 100 stores: voluntary switches in a minute", "Stores", "100-switches", 0, 0},
	{"idle with 100 stores: CPU in a minute", "Stores", "100-cpu-ms", 0, 0},
	{"1000 files a second come and go in the home: CPU, to that in a quiet home", "BusyHome", "files-x", 1.1, 0},
	{"a download into the home: CPU, to that in a quiet home", "BusyHome", "download-x", 1.1, 0},
	{"1000 files a second come and go in the home, and the store is missing: CPU", "BusyHome", "missing-files-ms/s", 0, 0},
	{"20,000 other files are written in the store: CPU; floor: a bare fsnotify program", "BusyStore/storm", "cpu-ms", 0, 1.2},
	{"a download into the store, 5 s: CPU", "BusyStore/download", "cpu-ms", 0, 1.2},
	{"a storm on the lock: new icons, at most", "LockStorm", "icons/s", 10, 0},
	{"a storm on the lock: from the last one to the right icon, at most", "LockStorm", "max-ms", 150, 0},
	{"memory of a store, where there are 10; floor: a bare fsnotify program", "Stores", "10-kB/store", 60, 0},
	{"memory of a store, where there are 100", "Stores", "100-kB/store", 60, 0},
	{"memory of a store, where there are 1000, without the menu", "StoresWithoutMenu", "1000-kB/store", 60, 0},
	{"inotify instances with 100 stores", "Stores", "100-instances", 1, 0},
}

// metric returns the key that parse uses.
func (r row) metric(prefix string) string { return r.bench + " " + prefix + r.unit }

// markdown formats the row of a metric that was measured.
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

// function returns the benchmark's name without its sub-benchmark.
func (r row) function() string {
	name, _, _ := strings.Cut(r.bench, "/")
	return name
}

// suffix returns the unit as people write it: kB for 100-kB/store. The row's text names what is counted.
func (r row) suffix() string {
	unit := r.unit[strings.LastIndexByte(r.unit, '-')+1:]
	switch unit {
	case "switches", "instances":
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

// bound returns the promised bound, and whether it is missed.
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
