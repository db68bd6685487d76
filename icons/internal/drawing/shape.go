package drawing

// padlock draws body and shackle. lift shortens the shackle's right leg.
func (c *canvas) padlock(l lock, corner, lift float64) {
	s := l.shackle
	s.h += corner // the legs continue behind the body's round corners
	c.add(shackle, arch(s, l.bar, lift))
	c.add(body, rounded(l.body, corner))
}

// silhouette cuts a padlock's outline, grown by gap, out of what lies behind.
func (c *canvas) silhouette(l lock, corner, gap float64) {
	s := l.shackle.grow(gap)
	c.cut(rounded(s, s.w/2))
	c.cut(square(box{s.x, s.center().y, s.w, l.body.y - s.center().y}))
	c.cut(rounded(l.body.grow(gap), corner+gap))
}

// keyhole cuts a keyhole into a body.
func (c *canvas) keyhole(b box, h hole) {
	x, r := b.center().x, h.disc/2
	c.cut(circle(point{x, b.y + h.top + r}, r))
	c.cut(square(box{x - h.slot/2, b.y + h.top + r, h.slot, r + h.depth}))
}

// screen draws a monitor on its foot, and a gap around it.
func (c *canvas) screen(m monitor, gap float64) {
	s := m.screen
	x := s.center().x
	neck := box{x - m.neck/2, s.bottom(), m.neck, m.frame}
	foot := box{x - m.foot/2, neck.bottom(), m.foot, m.frame}
	c.cut(rounded(s.grow(gap), gap))
	c.cut(square(foot.grow(gap)))
	c.add(badge, rounded(s, m.frame))
	c.cut(square(s.grow(-m.frame)))
	c.add(badge, square(neck))
	c.add(badge, square(foot))
}

// exclaim cuts an exclamation mark into a body.
func (c *canvas) exclaim(b box, m mark) {
	x := b.center().x - m.bar/2
	c.cut(square(box{x, b.y + m.top, m.bar, m.stem}))
	c.cut(square(box{x, b.y + m.top + m.stem + m.gap, m.bar, m.dot}))
}

// strokes returns the pieces of a question mark: hook, stem and dot, or its pixels.
func (q question) strokes() []path {
	if q.rows != nil {
		return q.pixels()
	}
	r := q.box.w / 2
	c := point{q.box.x + r, q.box.y + r}
	dot := box{c.x - q.bar/2, q.box.bottom() - q.bar, q.bar, q.bar}
	hookEnd := c.y + r - q.bar
	stem := box{dot.x, hookEnd, q.bar, dot.y - q.gap - hookEnd}
	return []path{band(c, r, q.bar, 2, 5), square(stem), square(dot)}
}

// pixels returns a square for each # in the rows of a question mark.
func (q question) pixels() []path {
	var all []path
	side := q.box.h / float64(len(q.rows))
	for y, row := range q.rows {
		for x, pixel := range row {
			if pixel == '#' {
				all = append(all, square(box{q.box.x + float64(x)*side, q.box.y + float64(y)*side, side, side}))
			}
		}
	}
	return all
}

// side returns the area on one side of the crack in a padlock, out to x = far.
// The crack runs straight through the shackle and like lightning through the
// body, leaning so that it opens when the right half slips.
func (k crack) side(l lock, x, far float64) path {
	b := l.body
	return path{
		{far, l.shackle.y},
		{x, l.shackle.y},
		{x, b.y},
		{x - k.swing, b.y},
		{x + k.swing, b.center().y},
		{x - k.swing, b.center().y},
		{x + k.swing, b.bottom()},
		{far, b.bottom()},
	}
}
