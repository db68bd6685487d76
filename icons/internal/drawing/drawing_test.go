package drawing

import (
	"image/color"
	"testing"
)

func TestOver(t *testing.T) {
	ink := color.NRGBA{200, 100, 0, 0xff}
	for _, c := range []struct {
		name     string
		below    [4]uint8
		coverage uint8
		want     [4]uint8
	}{
		{"nothing on nothing", [4]uint8{}, 0, [4]uint8{}},
		{"all on nothing", [4]uint8{}, 255, [4]uint8{200, 100, 0, 255}},
		{"part on nothing keeps its colour", [4]uint8{}, 51, [4]uint8{200, 100, 0, 51}},
		{"nothing on something", [4]uint8{9, 8, 7, 99}, 0, [4]uint8{9, 8, 7, 99}},
		{"all on something", [4]uint8{9, 8, 7, 99}, 255, [4]uint8{200, 100, 0, 255}},
		{"a fifth on black", [4]uint8{0, 0, 0, 255}, 51, [4]uint8{40, 20, 0, 255}},
		{"half on half", [4]uint8{0, 0, 0, 128}, 128, [4]uint8{134, 67, 0, 192}},
	} {
		got := c.below
		over(got[:], ink, c.coverage)
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestSnapHidesTheLastBits checks that results that differ only between
// processors are rounded to the same number.
func TestSnapHidesTheLastBits(t *testing.T) {
	for _, c := range []struct {
		in   float64
		want float32
	}{
		{0, 0}, {7, 7}, {6.999999999999998, 7}, {7.000000000000002, 7},
		{-0.49, -31.0 / 64}, {1023.9999, 1024}, {1.0 / 64, 1.0 / 64},
	} {
		if got := snap(c.in); got != c.want {
			t.Errorf("snap(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

// TestDrawingsFitTheirSize checks that no shape of a state leaves its canvas on
// the right or below, where it would be cut off silently.
func TestDrawingsFitTheirSize(t *testing.T) {
	const margin = 4
	for _, l := range layouts {
		for _, s := range states {
			c := newCanvas(l.size+margin, 1)
			s.draw(c, l)
			if x, y, outside := c.beyond(l.size); outside {
				t.Errorf("%s at %d px draws at %d,%d", s.name, l.size, x, y)
			}
		}
	}
}

// beyond returns a pixel that is drawn to the right of size or below it.
func (c *canvas) beyond(size int) (x, y int, found bool) {
	for _, mask := range c.masks {
		for i, a := range mask.Pix {
			x, y = i%c.size, i/c.size
			if a != 0 && (x >= size || y >= size) {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}

// TestTilesJoin checks that a shape that is drawn across a tile's edge does not
// show the edge.
func TestTilesJoin(t *testing.T) {
	const size = tile + 88
	mask := rasterise(circle(point{tile, tile}, 50.3), size, 1)
	for d := range 70 {
		left, right := mask.AlphaAt(tile-1-d, tile).A, mask.AlphaAt(tile+d, tile).A
		if left != right {
			t.Errorf("%d px from the edge: %d on the left, %d on the right", d, left, right)
		}
	}
	if mask.AlphaAt(tile, tile).A != 255 || mask.AlphaAt(tile+60, tile).A != 0 {
		t.Error("the circle is not where it was drawn")
	}
}
