package main

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
)

// contrast is a quarter of the range from black to white. Icons are black or white on any menu bar, so a pixel that belongs to only one of
// two icons differs by at least half of the range.
const contrast = 256 / 4

// differ returns an error if two pictures show the same icon: no pixel differs by more than contrast.
func differ(c call) error {
	one, err := readGray(c.args[0])
	if err != nil {
		return err
	}
	other, err := readGray(c.args[1])
	if err != nil {
		return err
	}
	if one.Rect != other.Rect {
		return nil
	}
	for i, level := range one.Pix {
		if max(level, other.Pix[i])-min(level, other.Pix[i]) > contrast {
			return nil
		}
	}
	return errors.New("the pictures show the same icon")
}

// readGray reads the luminance of a picture's pixels.
func readGray(path string) (*image.Gray, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	gray := image.NewGray(picture.Bounds())
	draw.Draw(gray, gray.Rect, picture, gray.Rect.Min, draw.Src)
	return gray, nil
}
