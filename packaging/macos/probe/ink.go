package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
)

// printInk prints the share of the pixels of a picture that are ink.
func printInk(c call) error {
	picture, err := readPNG(c.args[0])
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%.3f\n", ink(picture))
	return err
}

func readPNG(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if picture.Bounds().Empty() {
		return nil, fmt.Errorf("read %s: no pixels", path)
	}
	return picture, nil
}

const (
	levels = 256
	// contrast makes a pixel ink: more than a quarter of the range from black to white away from the paper. Icons are black or
	// white on any menu bar, so they are at least half of the range away.
	contrast = levels / 4
	// shade is how far the paper's own luminance spreads: a translucent bar shows the wallpaper's gradient.
	shade = levels / 16
)

// ink returns the share of pixels that stand out from the paper, which is the most common luminance.
func ink(picture image.Image) float64 {
	counts, pixels := histogram(picture)
	paper, marked := mostCommon(counts), 0
	for level, n := range counts {
		if max(level-paper, paper-level) > contrast {
			marked += n
		}
	}
	return float64(marked) / float64(pixels)
}

func histogram(picture image.Image) (counts [levels]int, pixels int) {
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y]++
		}
	}
	return counts, b.Dx() * b.Dy()
}

// mostCommon returns the level with most pixels within a shade of it; of equals, the one that has most itself.
func mostCommon(counts [levels]int) int {
	best, bestNear := 0, -1
	for level := range counts {
		near := 0
		for _, n := range counts[max(0, level-shade):min(levels, level+shade+1)] {
			near += n
		}
		if near > bestNear || near == bestNear && counts[level] > counts[best] {
			best, bestNear = level, near
		}
	}
	return best
}
