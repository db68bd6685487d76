package drawing

// padlock draws body and shackle. lift shortens the shackle's right leg.
func (c *canvas) padlock(l lock, corner, lift float64) {
	s := l.shackle
	s.h += corner // the legs go on behind the body's round corners
	c.add(shackle, arch(s, l.bar, lift))
	c.add(body, rounded(l.body, corner))
}

// silhouette cuts a padlock's outline, grown by gap, out of what lies behind.
func (c *canvas) silhouette(l lock, corner, gap float64) {
	s := l.shackle.grow(gap)
	c.cut(rounded(s, s.w/2))
	c.cut(rounded(box{s.x, s.center().y, s.w, l.body.y - s.center().y}, 0))
	c.cut(rounded(l.body.grow(gap), corner+gap))
}

// keyhole cuts a keyhole into a body.
func (c *canvas) keyhole(b box, h hole) {
	x, r := b.center().x, h.disc/2
	c.cut(circle(point{x, b.y + h.top + r}, r))
	c.cut(rounded(box{x - h.slot/2, b.y + h.top + r, h.slot, r + h.depth}, 0))
}

// screen draws a monitor on its foot, and a gap around it.
func (c *canvas) screen(m monitor, gap float64) {
	s := m.screen
	x := s.center().x
	neck := box{x - m.neck/2, s.bottom(), m.neck, m.frame}
	foot := box{x - m.foot/2, neck.bottom(), m.foot, m.frame}
	c.cut(rounded(s.grow(gap), gap))
	c.cut(rounded(foot.grow(gap), 0))
	c.add(badge, rounded(s, m.frame))
	c.cut(rounded(s.grow(-m.frame), 0))
	c.add(badge, rounded(neck, 0))
	c.add(badge, rounded(foot, 0))
}

// exclaim cuts an exclamation mark into a body.
func (c *canvas) exclaim(b box, m mark) {
	x := b.center().x - m.bar/2
	c.cut(rounded(box{x, b.y + m.top, m.bar, m.stem}, 0))
	c.cut(rounded(box{x, b.y + m.top + m.stem + m.gap, m.bar, m.dot}, 0))
}

// strokes are the pieces of a question mark: hook, stem, dot.
func (q question) strokes() []path {
	r := q.box.w / 2
	c := point{q.box.x + r, q.box.y + r}
	dot := box{c.x - q.bar/2, q.box.bottom() - q.bar, q.bar, q.bar}
	stem := box{c.x - q.bar/2, c.y + r - q.bar, q.bar, dot.y - q.gap - (c.y + r - q.bar)}
	return []path{
		band(c, r, q.bar, 2, 5),
		rounded(stem, 0),
		rounded(dot, 0),
	}
}

// zigzag is everything to the right of a crack, or, moved by its width, to the left.
func (k crack) zigzag(l lock, x, far float64) path {
	top, h := l.shackle.y-1, l.body.bottom()+1-(l.shackle.y-1)
	return path{
		{far, top},
		{x + k.swing, top},
		{x + k.swing, l.body.y - 1},
		{x - k.swing, l.body.y + l.body.h*0.35},
		{x + k.swing, l.body.y + l.body.h*0.6},
		{x - k.swing, top + h},
		{far, top + h},
	}
}
