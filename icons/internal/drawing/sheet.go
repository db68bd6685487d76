package drawing

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// The contact sheet is for people: it shows every drawing in every size as it
// will be seen, so that a change to a shape can be judged at a glance.

// strip is one row of the contact sheet: all states in one size and finish.
type strip struct {
	label string
	size  int
	zoom  int // whole pixels, so that every pixel is seen
	panel color.NRGBA
	show  func(*canvas, state) *image.NRGBA
}

var (
	dark  = rgb(0x2b2b2b) // a dark panel
	light = rgb(0xf0f0f0) // a light one
	paper = rgb(0xffffff)
	text  = rgb(0x404040)
	white = inks{rgb(0xffffff), rgb(0xffffff), rgb(0xffffff)}
)

// strips are the rows, from top to bottom.
var strips = []strip{
	{"22 px, Linux", 22, 8, dark, asLinux},
	{"", 22, 8, light, asLinux},
	{"grey", 22, 8, light, asGrey},
	{"16 px, hard", 16, 8, dark, asLinux},
	{"16 px, grey", 16, 8, light, asGrey},
	{"16 px, Windows", 16, 8, light, asWindows},
	{"template, 32 px", 32, 5, light, asTemplate},
	{"", 32, 5, dark, asTinted},
	{"16, real size", 16, 1, dark, asLinux},
	{"", 16, 1, light, asLinux},
	{"22, real size", 22, 1, dark, asLinux},
	{"", 22, 1, light, asLinux},
	{"22, grey", 22, 1, light, asGrey},
	{"32, real size", 32, 1, dark, asLinux},
	{"", 32, 1, light, asLinux},
	{"template", 32, 1, light, asTemplate},
	{"", 32, 1, dark, asTinted},
	{"20, Windows", 20, 1, dark, asWindows},
	{"24, Windows", 24, 1, light, asWindows},
	{"48, Windows", 48, 1, dark, asWindows},
	{"notification", 64, 1, light, asWindows},
	{"", 64, 1, dark, asWindows},
}

func asLinux(c *canvas, s state) *image.NRGBA    { return c.hard(s.inks) }
func asWindows(c *canvas, s state) *image.NRGBA  { return c.soft(s.inks) }
func asTemplate(c *canvas, _ state) *image.NRGBA { return c.soft(black) }
func asTinted(c *canvas, _ state) *image.NRGBA   { return c.soft(white) }

// asGrey is what somebody sees who sees no colours.
func asGrey(c *canvas, s state) *image.NRGBA {
	m := c.hard(s.inks)
	for i := 0; i < len(m.Pix); i += 4 {
		g := color.GrayModel.Convert(color.NRGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], 0xff}).(color.Gray)
		m.Pix[i], m.Pix[i+1], m.Pix[i+2] = g.Y, g.Y, g.Y
	}
	return m
}

const (
	sheetMargin = 130 // room for the rows' labels
	sheetColumn = 200 // the widest drawing, 8 x 22 px, and some air
	sheetHead   = 24  // the states' names
	stripAir    = 6   // above and below the drawings of a row
	textBase    = 16  // from the top of a row to the base of its label
)

// height is what the strip takes up.
func (s strip) height() int { return s.size*s.zoom + 2*stripAir }

// sheet draws the contact sheet.
func sheet() *image.NRGBA {
	h := sheetHead
	for _, s := range strips {
		h += s.height()
	}
	apps := appStrip()
	m := image.NewNRGBA(image.Rect(0, 0, sheetMargin+sheetColumn*len(states), h+apps.Rect.Dy()))
	draw.Draw(m, m.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	for i, s := range states {
		write(m, sheetMargin+sheetColumn*i+stripAir, textBase, s.name)
	}
	y := sheetHead
	for _, s := range strips {
		s.draw(m, y)
		y += s.height()
	}
	write(m, stripAir, y+textBase, "app icon")
	draw.Draw(m, apps.Rect.Add(image.Pt(sheetMargin, y)), apps, image.Point{}, draw.Over)
	return m
}

// draw draws the strip with its top at y.
func (s strip) draw(m *image.NRGBA, y int) {
	panel := image.Rect(sheetMargin, y, m.Rect.Max.X, y+s.height())
	draw.Draw(m, panel, image.NewUniform(s.panel), image.Point{}, draw.Src)
	write(m, stripAir, y+textBase, s.label)
	for i, st := range states {
		icon := enlarge(s.show(st.at(s.size), st), s.zoom)
		at := image.Pt(sheetMargin+sheetColumn*i+stripAir, y+stripAir)
		draw.Draw(m, icon.Rect.Add(at), icon, image.Point{}, draw.Over)
	}
}

// enlarge repeats every pixel k times in both directions.
func enlarge(m *image.NRGBA, k int) *image.NRGBA {
	big := image.NewNRGBA(image.Rect(0, 0, k*m.Rect.Dx(), k*m.Rect.Dy()))
	draw.NearestNeighbor.Scale(big, big.Rect, m, m.Rect, draw.Src, nil)
	return big
}

// write writes a label, its base line starting at x, y.
func write(m *image.NRGBA, x, y int, label string) {
	d := font.Drawer{Dst: m, Src: image.NewUniform(text), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	d.DrawString(label)
}
