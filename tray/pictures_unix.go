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

// systray decodes an icon's file each time that it shows the icon, which took a fifth of the time until a change was visible. So we
// give it a file in a private format, a magic string and a number, and decode each picture only once.

const pictureMagic = "lockbar\x00"

// There is no DecodeConfig function: nobody asks for the size alone.
func init() { image.RegisterFormat("lockbar", pictureMagic, decodePicture, nil) }

// trayIconData returns a picture in the format that systray takes.
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
