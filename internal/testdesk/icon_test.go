//go:build linux

package testdesk

import (
	"image"
	"image/color"
	"testing"
)

func TestIconImage(t *testing.T) {
	small := Pixmap{1, 1, []byte{255, 1, 2, 3}}
	large := Pixmap{2, 1, []byte{255, 9, 8, 7, 0, 0, 0, 0}}
	incomplete := Pixmap{4, 4, []byte{1, 2, 3}}
	tests := []struct {
		name    string
		pixmaps []Pixmap
		want    color.Color // the first pixel; nil for no icon
	}{
		{"none", nil, nil},
		{"systray's 0x0", []Pixmap{{}}, nil},
		{"incomplete", []Pixmap{incomplete}, nil},
		{"one", []Pixmap{small}, color.NRGBA{1, 2, 3, 255}},
		{"the largest complete one", []Pixmap{small, large, incomplete}, color.NRGBA{9, 8, 7, 255}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			icon := Icon{Pixmaps: tt.pixmaps}
			if (icon.Image() != nil) != (tt.want != nil) {
				t.Fatalf("shows %v", icon)
			}
			if tt.want != nil && icon.Image().At(0, 0) != tt.want {
				t.Errorf("first pixel is %v, want %v", icon.Image().At(0, 0), tt.want)
			}
		})
	}
}

func TestIconSame(t *testing.T) {
	icon := Icon{Pixmaps: []Pixmap{{2, 1, []byte{255, 9, 8, 7, 0, 0, 0, 0}}}}
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
