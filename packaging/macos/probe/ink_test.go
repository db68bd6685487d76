package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// bar draws a 40x20 menu bar with an icon of 8x10 pixels, a tenth of it.
func bar(paper func(x, y int) color.Color, icon color.Color) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	for y := range 20 {
		for x := range 40 {
			m.Set(x, y, paper(x, y))
			if icon != nil && x >= 10 && x < 18 && y >= 5 && y < 15 {
				m.Set(x, y, icon)
			}
		}
	}
	return m
}

func flat(c color.Color) func(x, y int) color.Color { return func(int, int) color.Color { return c } }

// gradient draws a bar in which no luminance is more common than the icon's.
func gradient(x, _ int) color.Color { return color.Gray{uint8(90 + x)} }

func written(t *testing.T, m image.Image) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestInk(t *testing.T) {
	for _, c := range []struct {
		name    string
		picture image.Image
		want    string
	}{
		{"light", bar(flat(color.Gray{235}), color.Black), "0.100\n"},
		{"dark", bar(flat(color.Gray{20}), color.White), "0.100\n"},
		{"tinted, dark icon", bar(flat(color.RGBA{120, 150, 190, 255}), color.Black), "0.100\n"},
		{"tinted, light icon", bar(flat(color.RGBA{120, 100, 140, 255}), color.White), "0.100\n"},
		{"gradient", bar(gradient, color.White), "0.100\n"},
		{"empty", bar(flat(color.Gray{235}), nil), "0.000\n"},
		{"empty gradient", bar(gradient, nil), "0.000\n"},
		{"a shade is no ink", bar(flat(color.Gray{200}), color.Gray{200 - contrast}), "0.000\n"},
		{"a bit more is", bar(flat(color.Gray{200}), color.Gray{200 - contrast - 1}), "0.100\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, errOut, code := ran(noScreen, "ink", written(t, c.picture)); out != c.want || code != 0 {
				t.Errorf("%q, %q, exit %d; want %q", out, errOut, code, c.want)
			}
		})
	}
}

func TestInkOfNoPicture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.png")
	for range 2 { // missing, then no PNG
		if out, errOut, code := ran(noScreen, "ink", path); code != 1 || out != "" || errOut == "" {
			t.Errorf("%q, %q, exit %d", out, errOut, code)
		}
		if err := os.WriteFile(path, []byte("no picture"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDifference(t *testing.T) {
	paper := flat(color.Gray{235})
	icon, none := bar(paper, color.Black), bar(paper, nil)
	for _, c := range []struct {
		name string
		a, b image.Image
		want string
	}{
		{"the same", icon, bar(paper, color.Black), "0.000\n"},
		{"on another bar", icon, bar(flat(color.Gray{20}), color.White), "0.000\n"},
		{"gone", icon, none, "0.100\n"},
		{"another size", icon, image.NewGray(image.Rect(0, 0, 8, 8)), "1.000\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, errOut, code := ran(noScreen, "ink", written(t, c.a), written(t, c.b)); out != c.want || code != 0 {
				t.Errorf("%q, %q, exit %d; want %q", out, errOut, code, c.want)
			}
		})
	}
}
