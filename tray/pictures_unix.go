//go:build unix && !darwin

package tray

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"sync"

	"lockbar/icons"
)

// systray decodes an icon's file each time that it is shown, which took a fifth of the way from a change to the icon. So it
// gets a file of a format of our own: a name and a number, for a picture that was decoded once.

const pictureMagic = "lockbar\x00"

func init() { image.RegisterFormat("lockbar", pictureMagic, decodePicture, pictureConfig) }

// trayIconData is what systray takes for the icon.
func trayIconData(k icons.Kind) []byte { return append([]byte(pictureMagic), byte(k)) }

var (
	pictureLock sync.Mutex
	pictures    = map[icons.Kind]image.Image{}
)

func picture(k icons.Kind) (m image.Image, err error) {
	pictureLock.Lock()
	defer pictureLock.Unlock()
	if pictures[k] == nil {
		pictures[k], err = png.Decode(bytes.NewReader(icons.Tray(k)))
	}
	return pictures[k], err
}

func decodePicture(r io.Reader) (image.Image, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if len(data) != len(pictureMagic)+1 {
		return nil, errors.New("not the name of a picture")
	}
	return picture(icons.Kind(data[len(pictureMagic)]))
}

func pictureConfig(r io.Reader) (image.Config, error) {
	m, err := decodePicture(r)
	if err != nil {
		return image.Config{}, err
	}
	return image.Config{ColorModel: m.ColorModel(), Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}, nil
}
