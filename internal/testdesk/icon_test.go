//go:build linux

package testdesk

import (
	"image"
	"image/color"
	"testing"
)

func TestIconWithoutPicture(t *testing.T) {
	for _, icon := range []Icon{{}, {Pixmaps: []Pixmap{{}}}} { // the second is systray's 0x0
		if icon.Image() != nil || icon.Same(image.NewRGBA(image.Rectangle{})) {
			t.Errorf("%+v has a picture", icon)
		}
	}
}

func TestIconSame(t *testing.T) {
	icon := Icon{Pixmaps: []Pixmap{{2, 1, []byte{255, 9, 8, 7, 0, 1, 1, 1}}}}
	want := image.NewRGBA(image.Rect(5, 5, 7, 6))
	want.Set(5, 5, color.NRGBA{9, 8, 7, 255})
	if !icon.Same(want) {
		t.Error("the same picture is reported as different")
	}
	want.Set(6, 5, color.White)
	if icon.Same(want) || icon.Same(image.NewRGBA(image.Rect(0, 0, 1, 1))) {
		t.Error("another picture is reported as the same")
	}
}
