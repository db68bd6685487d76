package icons_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path"
	"slices"
	"testing"

	ico "github.com/sergeymakinen/go-ico"

	"lockbar/icons/internal/drawing"
	"lockbar/internal/testfs"
)

// TestFilesAreDrawn checks that the repository holds all files that the program draws, and no others.
func TestFilesAreDrawn(t *testing.T) {
	files, err := drawing.Files()
	testfs.Check(t, err)
	var drawn []string
	for _, f := range files {
		drawn = append(drawn, f.Path)
		got, err := os.ReadFile(f.Path)
		if err != nil {
			t.Error(err)
			continue
		}
		if !same(got, f.Data) {
			t.Errorf("%s is not what is drawn: go generate ./icons", f.Path)
		}
	}
	for _, name := range pictures(t) {
		if !slices.Contains(drawn, name) {
			t.Errorf("%s is not drawn by anything", name)
		}
	}
}

// same compares bytes and, if those of a PNG differ, pixels: another release of
// Go may compress the same drawing better.
func same(got, want []byte) bool {
	if bytes.Equal(got, want) {
		return true
	}
	a, errA := png.Decode(bytes.NewReader(got))
	b, errB := png.Decode(bytes.NewReader(want))
	if errA != nil || errB != nil || a.Bounds() != b.Bounds() {
		return false
	}
	return slices.Equal(pixels(a), pixels(b))
}

// pixels returns an image's pixels, row by row.
func pixels(m image.Image) []color.NRGBA {
	var all []color.NRGBA
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			all = append(all, color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA))
		}
	}
	return all
}

// pictures returns the paths of all pictures in this directory.
func pictures(t *testing.T) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, _ fs.DirEntry, err error) error {
		if ext := path.Ext(name); ext == ".png" || ext == ".ico" {
			found = append(found, name)
		}
		return err
	})
	testfs.Check(t, err)
	return found
}

// load reads one PNG.
func load(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	testfs.Check(t, err)
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

// loadICO reads all images of one .ico.
func loadICO(t *testing.T, name string) []image.Image {
	t.Helper()
	f, err := os.Open(name)
	testfs.Check(t, err)
	defer f.Close()
	all, err := ico.DecodeAll(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return all
}
