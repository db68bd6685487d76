package drawing

import (
	"fmt"
	"slices"
)

// A lock holds the place of one padlock: its body, its shackle, and the
// shackle's bar. The shackle's box ends where the body begins.
type lock struct {
	body, shackle box
	bar           float64
}

// A layout holds the measures of all drawings at one size, in whole pixels
// wherever an edge must be crisp. Small icons are not scaled-down large ones:
// each size up to 32 px has its own layout.
type layout struct {
	size     int
	gap      float64 // free space between two things
	corner   float64 // radius of the body's corners
	hole     hole
	closed   lock
	open     lock
	lift     float64 // by which the open shackle's free leg is shorter
	broken   lock
	crack    crack
	remote   lock // with the monitor in front of it
	monitor  monitor
	back     lock // of the two contesting ones
	front    lock
	alarm    mark
	odd      lock // with a question mark in it
	oddMark  question
	unknown  box // the ring
	ring     float64
	ringMark question
}

// A hole is a keyhole: a disc and, below it, a slot, with their widths. top is
// its distance from the top of the body, and the slot ends depth below the disc.
type hole struct{ top, disc, slot, depth float64 }

// A crack is the zigzag through a broken padlock: its swing to either side, its
// width, and how far the right half has slipped, in whole units.
type crack struct {
	swing, width float64
	dx, dy       int
}

// A monitor stands for another machine: screen, frame and foot.
type monitor struct {
	screen            box
	frame, neck, foot float64 // neck and foot are widths; each is frame high
}

// A mark is an exclamation mark: its distance from the top of the body, its
// width, and the heights of its stem, gap and dot.
type mark struct {
	top, bar, stem, gap, dot float64
}

// A question is a question mark: the box of the whole, its stroke, and the gap
// above its dot. If the box has no room for curves, rows holds its pixels.
type question struct {
	box  box
	bar  float64
	gap  float64
	rows []string
}

// smallQuestion is a question mark for a height of only 8 rows.
var smallQuestion = []string{
	".####.",
	"##..##",
	"....##",
	"...##.",
	"..##..",
	"......",
	"..##..",
	"..##..",
}

// layouts lists the sizes that are measured by hand; others are multiples.
var layouts = []layout{
	{
		size: 16, gap: 1, corner: 1.5,
		hole:    hole{top: 2, disc: 2, slot: 2, depth: 2},
		closed:  lock{box{3, 7, 10, 8}, box{4, 1, 8, 6}, 2},
		open:    lock{box{0, 7, 10, 8}, box{7, 1, 8, 6}, 2},
		lift:    2,
		broken:  lock{box{2, 7, 10, 8}, box{3, 1, 8, 6}, 2},
		crack:   crack{swing: 1.5, width: 1, dx: 1, dy: 1},
		remote:  lock{box{0, 6, 10, 8}, box{1, 0, 8, 6}, 2},
		monitor: monitor{screen: box{7, 9, 9, 5}, frame: 1, neck: 1, foot: 5},
		back:    lock{box{0, 4, 8, 7}, box{1, 0, 6, 4}, 1},
		front:   lock{box{7, 9, 9, 7}, box{8, 4, 7, 5}, 1},
		alarm:   mark{top: 1, bar: 1, stem: 3, gap: 1, dot: 1},
		odd:     lock{box{2, 6, 12, 10}, box{4, 0, 8, 6}, 2},
		oddMark: question{box: box{5, 7, 6, 8}, rows: smallQuestion},
		unknown: box{0, 0, 16, 16}, ring: 2,
		ringMark: question{box: box{5, 3, 6, 10}, bar: 2, gap: 1},
	},
	{
		size: 20, gap: 1, corner: 2,
		hole:    hole{top: 2, disc: 2, slot: 2, depth: 4},
		closed:  lock{box{4, 9, 12, 9}, box{5, 1, 10, 8}, 2},
		open:    lock{box{1, 9, 12, 9}, box{9, 1, 10, 8}, 2},
		lift:    3,
		broken:  lock{box{3, 9, 12, 8}, box{4, 1, 10, 8}, 2},
		crack:   crack{swing: 2, width: 1.5, dx: 1, dy: 1},
		remote:  lock{box{1, 8, 12, 10}, box{2, 0, 10, 8}, 2},
		monitor: monitor{screen: box{9, 12, 10, 6}, frame: 1, neck: 2, foot: 6},
		back:    lock{box{0, 6, 11, 8}, box{1, 0, 9, 6}, 2},
		front:   lock{box{9, 11, 11, 8}, box{10, 5, 9, 6}, 2},
		alarm:   mark{top: 1, bar: 1, stem: 3, gap: 1, dot: 1},
		odd:     lock{box{3, 8, 14, 11}, box{5, 0, 10, 8}, 2},
		oddMark: question{box: box{7, 9, 6, 9}, bar: 2, gap: 1},
		unknown: box{0, 0, 20, 20}, ring: 2,
		ringMark: question{box: box{6, 4, 8, 12}, bar: 2, gap: 1},
	},
	{
		size: 22, gap: 1, corner: 2,
		hole:    hole{top: 3, disc: 2, slot: 2, depth: 3},
		closed:  lock{box{4, 10, 14, 10}, box{6, 2, 10, 8}, 2},
		open:    lock{box{1, 10, 14, 10}, box{11, 2, 10, 8}, 2},
		lift:    3,
		broken:  lock{box{3, 10, 14, 9}, box{5, 2, 10, 8}, 2},
		crack:   crack{swing: 2, width: 2, dx: 1, dy: 1},
		remote:  lock{box{1, 9, 14, 10}, box{3, 1, 10, 8}, 2},
		monitor: monitor{screen: box{10, 13, 11, 6}, frame: 1, neck: 3, foot: 7},
		back:    lock{box{1, 7, 12, 9}, box{3, 1, 8, 6}, 2},
		front:   lock{box{9, 12, 12, 9}, box{11, 6, 8, 6}, 2},
		alarm:   mark{top: 1, bar: 2, stem: 4, gap: 1, dot: 2},
		odd:     lock{box{3, 9, 16, 12}, box{6, 1, 10, 8}, 2},
		oddMark: question{box: box{8, 10, 6, 10}, bar: 2, gap: 1},
		unknown: box{1, 1, 20, 20}, ring: 2,
		ringMark: question{box: box{7, 5, 8, 12}, bar: 2, gap: 1},
	},
	{
		size: 24, gap: 1, corner: 2,
		hole:    hole{top: 2, disc: 4, slot: 2, depth: 3},
		closed:  lock{box{4, 11, 16, 11}, box{6, 2, 12, 9}, 2},
		open:    lock{box{1, 11, 16, 11}, box{12, 2, 11, 9}, 2},
		lift:    3,
		broken:  lock{box{3, 11, 16, 10}, box{5, 2, 12, 9}, 2},
		crack:   crack{swing: 2, width: 2, dx: 1, dy: 1},
		remote:  lock{box{1, 10, 15, 11}, box{3, 1, 11, 9}, 2},
		monitor: monitor{screen: box{11, 14, 12, 7}, frame: 1, neck: 4, foot: 8},
		back:    lock{box{1, 7, 13, 10}, box{3, 1, 9, 6}, 2},
		front:   lock{box{10, 13, 13, 10}, box{12, 7, 9, 6}, 2},
		alarm:   mark{top: 2, bar: 1, stem: 4, gap: 1, dot: 1},
		odd:     lock{box{3, 10, 18, 13}, box{6, 1, 12, 9}, 2},
		oddMark: question{box: box{9, 11, 6, 11}, bar: 2, gap: 1},
		unknown: box{1, 1, 22, 22}, ring: 2,
		ringMark: question{box: box{8, 6, 8, 12}, bar: 2, gap: 1},
	},
	{
		size: 32, gap: 2, corner: 3,
		hole:    hole{top: 3, disc: 4, slot: 2, depth: 4},
		closed:  lock{box{6, 14, 20, 15}, box{9, 3, 14, 11}, 3},
		open:    lock{box{2, 14, 20, 15}, box{16, 3, 14, 11}, 3},
		lift:    4,
		broken:  lock{box{5, 14, 20, 14}, box{8, 3, 14, 11}, 3},
		crack:   crack{swing: 3, width: 2, dx: 2, dy: 2},
		remote:  lock{box{2, 13, 20, 15}, box{5, 2, 14, 11}, 3},
		monitor: monitor{screen: box{14, 18, 16, 9}, frame: 2, neck: 4, foot: 10},
		back:    lock{box{2, 10, 17, 13}, box{5, 2, 11, 8}, 3},
		front:   lock{box{13, 17, 17, 13}, box{16, 9, 11, 8}, 3},
		alarm:   mark{top: 2, bar: 3, stem: 5, gap: 1, dot: 3},
		odd:     lock{box{5, 13, 22, 17}, box{9, 2, 14, 11}, 3},
		oddMark: question{box: box{11.5, 14, 9, 14}, bar: 3, gap: 2},
		unknown: box{2, 2, 28, 28}, ring: 3,
		ringMark: question{box: box{10, 7, 12, 18}, bar: 3, gap: 2},
	},
}

// layoutFor returns the measures for a size, and the length of their unit in
// pixels. A size without its own layout uses the largest one that divides it.
// Any other size is a mistake in this package.
func layoutFor(size int) (_ layout, unit float64) {
	for _, l := range slices.Backward(layouts) {
		if size%l.size == 0 {
			return l, float64(size / l.size)
		}
	}
	panic(fmt.Sprintf("no icon is laid out for %d px", size))
}
