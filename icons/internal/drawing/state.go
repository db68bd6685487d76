package drawing

import "image/color"

// A state is one row: the name of the lock's state, the function that draws it,
// and its colours.
type state struct {
	name string
	draw func(*canvas, layout)
	inks inks
}

// The colours have a luminance of 0.19 to 0.25. So their contrast with both
// light and dark panels is at least 3:1, the minimum for graphics in WCAG 2.1
// (1.4.11).
var (
	steel  = rgb(0x7d8590)
	slate  = rgb(0x6f7f95)
	green  = rgb(0x1f9254)
	blue   = rgb(0x2f80e8)
	amber  = rgb(0xc46f00)
	red    = rgb(0xe5383b)
	violet = rgb(0xa45ee0)
)

// ink returns the colours of a body under a shackle of steel.
func ink(c color.NRGBA) inks { return inks{steel, c, c} }

// states lists all drawings, in the order of package icons' kinds.
var states = []state{
	{"unknown", drawUnknown, ink(slate)},
	{"unlocked", drawUnlocked, ink(slate)},
	{"held-here", drawHeldHere, ink(green)},
	{"held-elsewhere", drawHeldElsewhere, ink(blue)},
	{"stale", drawStale, ink(amber)},
	{"contested", drawContested, inks{red, red, red}},
	{"corrupt", drawCorrupt, ink(violet)},
}

// drawUnknown draws a question mark in a ring, and no padlock, since none was
// seen.
func drawUnknown(c *canvas, l layout) {
	r := l.unknown.w / 2
	c.add(badge, circle(l.unknown.center(), r))
	c.cut(circle(l.unknown.center(), r-l.ring))
	for _, s := range l.ringMark.strokes() {
		c.add(badge, s)
	}
}

// drawUnlocked draws an open padlock, its shackle swung to the right.
func drawUnlocked(c *canvas, l layout) {
	c.padlock(l.open, l.corner, l.lift)
	c.keyhole(l.open.body, l.hole)
}

func drawHeldHere(c *canvas, l layout) {
	c.padlock(l.closed, l.corner, 0)
	c.keyhole(l.closed.body, l.hole)
}

// drawHeldElsewhere draws a closed padlock behind a monitor, which stands for
// another machine.
func drawHeldElsewhere(c *canvas, l layout) {
	c.padlock(l.remote, l.corner, 0)
	c.screen(l.monitor, l.gap)
}

// drawStale draws a padlock in two pieces.
func drawStale(c *canvas, l layout) {
	x := l.broken.body.center().x
	left, right := newCanvas(c.size, c.unit), newCanvas(c.size, c.unit)
	left.padlock(l.broken, l.corner, 0)
	left.cut(l.crack.side(l.broken, x-l.crack.width/2, float64(c.size)))
	right.padlock(l.broken, l.corner, 0)
	right.cut(l.crack.side(l.broken, x+l.crack.width/2, 0))
	c.paste(left, 0, 0)
	c.paste(right, l.crack.dx, l.crack.dy)
}

// drawContested draws two padlocks, the nearer one with an exclamation mark.
func drawContested(c *canvas, l layout) {
	c.padlock(l.back, l.corner, 0)
	c.silhouette(l.front, l.corner, l.gap)
	c.padlock(l.front, l.corner, 0)
	c.exclaim(l.front.body, l.alarm)
}

// drawCorrupt draws a padlock with a question mark cut out.
func drawCorrupt(c *canvas, l layout) {
	c.padlock(l.odd, l.corner, 0)
	for _, s := range l.oddMark.strokes() {
		c.cut(s)
	}
}
