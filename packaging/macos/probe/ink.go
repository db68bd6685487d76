package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
)

// printInk prints the share of a picture's pixels that are ink, or the share that is ink in only one of two pictures.
func printInk(c call) error {
	var pictures []image.Image
	for _, path := range c.args {
		picture, err := readPNG(path)
		if err != nil {
			return err
		}
		pictures = append(pictures, picture)
	}
	share := ink(pictures[0])
	if len(pictures) > 1 {
		share = difference(pictures[0], pictures[1])
	}
	_, err := fmt.Fprintf(c.out, "%.3f\n", share)
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
	// shade bounds the spread of the paper's own luminance: a translucent bar shows the wallpaper's gradient.
	shade = levels / 16
)

// ink returns the share of pixels that stand out from the paper, which is the most common luminance.
func ink(picture image.Image) float64 { return share(marks(picture)) }

// difference returns the share of pixels that are ink in only one of two pictures. Pictures of different sizes differ everywhere.
func difference(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 1
	}
	one, other := marks(a), marks(b)
	for i := range one {
		one[i] = one[i] != other[i]
	}
	return share(one)
}

func share(pixels []bool) float64 {
	n := 0
	for _, p := range pixels {
		if p {
			n++
		}
	}
	return float64(n) / float64(len(pixels))
}

// marks reports for each pixel, in rows, whether it is ink.
func marks(picture image.Image) []bool {
	counts, all := histogram(picture)
	paper := mostCommon(counts)
	marked := make([]bool, len(all))
	for i, level := range all {
		marked[i] = max(level-paper, paper-level) > contrast
	}
	return marked
}

// histogram returns the number of pixels of each luminance, and the luminance of each pixel, in rows.
func histogram(picture image.Image) (counts [levels]int, pixels []int) {
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			level := int(color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y)
			counts[level]++
			pixels = append(pixels, level)
		}
	}
	return counts, pixels
}

// mostCommon returns the level with the most pixels within a shade of it. Of equals it returns the one that has most itself.
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
