// Package drawing draws Lockbar's icons and encodes them as the files that
// package icons embeds.
//
// The same input gives the same pixels on every processor, so that a test can
// compare the files in the repository with new drawings. The package knows the
// names of the states and nothing else of the program. It is not part of the
// program: only go generate and the tests use it.
package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	ico "github.com/sergeymakinen/go-ico"
)

// A File is a file to be written: its slash-separated path below icons/, and
// its content.
type File struct {
	Path string
	Data []byte
}

// An output is one file of one state: its path, and the function that makes it.
type output struct {
	path  string // %s is the state's name
	build func(state) ([]byte, error)
}

// outputs lists the files that every state has.
var outputs = []output{
	// Panels show 22 px. systray decodes a PNG of that size in under 1 ms.
	{"linux/22/%s.png", func(s state) ([]byte, error) { return encode(s.at(22).hard(s.inks)) }},
	// systray shows the icon at 16 points; 32 pixels keep it sharp on a Retina
	// display.
	{"darwin/%s.png", func(s state) ([]byte, error) { return encode(s.at(32).soft(black)) }},
	{"windows/%s.ico", func(s state) ([]byte, error) { return encodeICO(s.all(windowsSizes)) }},
	{"notification/%s.png", func(s state) ([]byte, error) { return encode(s.at(64).soft(s.inks)) }},
}

// windowsSizes lists the small-icon sizes at 100, 125, 150, 200 and 300 %.
var windowsSizes = []int{16, 20, 24, 32, 48}

// Names returns the states' names.
func Names() []string {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = s.name
	}
	return names
}

// Files draws all icons and returns their files.
func Files() ([]File, error) {
	var files []File
	for _, o := range outputs {
		for _, s := range states {
			data, err := o.build(s)
			if err != nil {
				return nil, fmt.Errorf("icon %s: %w", s.name, err)
			}
			files = append(files, File{fmt.Sprintf(o.path, s.name), data})
		}
	}
	others, err := appIcons()
	return append(files, others...), err
}

// appIcons draws the app icon, which belongs to no state, in all its sizes.
func appIcons() (files []File, err error) {
	for _, size := range appSizes {
		data, err := encode(app(size))
		if err != nil {
			return nil, fmt.Errorf("app icon of %d px: %w", size, err)
		}
		files = append(files, File{fmt.Sprintf("app/%d.png", size), data})
	}
	return files, nil
}

// at draws the state in one size.
func (s state) at(size int) *canvas {
	l, unit := layoutFor(size)
	c := newCanvas(size, unit)
	s.draw(c, l)
	return c
}

// all paints the state in several sizes, with smooth edges.
func (s state) all(sizes []int) []image.Image {
	var all []image.Image
	for _, size := range sizes {
		all = append(all, s.at(size).soft(s.inks))
	}
	return all
}

// encode makes a PNG. The best compression would save less than a tenth, but
// take several times as long.
func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}

// encodeICO packs images into one .ico. Below 256 px they become bitmaps,
// because some readers take PNG only at 256 px.
func encodeICO(images []image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := ico.EncodeAll(&b, images)
	return b.Bytes(), err
}
