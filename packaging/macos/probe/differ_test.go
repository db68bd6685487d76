package main

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// bar writes a picture of a menu bar with an icon.
func bar(t *testing.T, paper, icon color.Color) string {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	draw.Draw(picture, picture.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	draw.Draw(picture, image.Rect(10, 5, 18, 15), image.NewUniform(icon), image.Point{}, draw.Src)
	path := filepath.Join(t.TempDir(), "m.png")
	f, err := os.Create(path)
	testfs.Check(t, err)
	defer f.Close()
	testfs.Check(t, png.Encode(f, picture))
	return path
}

func TestDiffer(t *testing.T) {
	light := color.Gray{235}
	icon, none := bar(t, light, color.Black), bar(t, light, light)
	broken := filepath.Join(t.TempDir(), "m.png")
	appendTo(broken, "no picture")
	for _, c := range []struct {
		name, a, b string
		want       string // in stderr
	}{
		{"the same", icon, bar(t, light, color.Black), "the pictures show the same icon"},
		{"gone", icon, none, ""},
		{"gone, dark", bar(t, color.Gray{20}, color.White), bar(t, color.Gray{20}, color.Gray{20}), ""},
		{"as much as contrast is no icon", none, bar(t, light, color.Gray{235 - contrast}), "the pictures show the same icon"},
		{"more than contrast is an icon", none, bar(t, light, color.Gray{235 - contrast - 1}), ""},
		{"no such file", icon, icon + ".gone", ".gone"},
		{"no picture", icon, broken, "read " + broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, errOut, code := ran(noScreen, "differ", c.a, c.b)
			if out != "" || (code == 0) != (c.want == "") || !strings.Contains(errOut, c.want) {
				t.Errorf("%q, %q, exit %d; want %q", out, errOut, code, c.want)
			}
		})
	}
}
