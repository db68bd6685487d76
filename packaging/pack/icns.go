package main

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"

	"github.com/jackmordaunt/icns/v3"
)

// icnsTypes lists the types that hold a PNG, as iconutil(1) writes them, and the size in pixels of each. The types for 16 and
// 32 px at 1x (icp4, icp5) are left out: with a PNG in them some versions of macOS show noise; without them macOS scales ic11.
var icnsTypes = []icns.OsType{
	{ID: "ic11", Size: 32},   // 16 pt @2x
	{ID: "ic12", Size: 64},   // 32 pt @2x
	{ID: "ic07", Size: 128},  // 128 pt
	{ID: "ic13", Size: 256},  // 128 pt @2x
	{ID: "ic08", Size: 256},  // 256 pt
	{ID: "ic14", Size: 512},  // 256 pt @2x
	{ID: "ic09", Size: 512},  // 512 pt
	{ID: "ic10", Size: 1024}, // 512 pt @2x
}

// makeICNS packs the drawn PNGs. It does not call icns.NewIconSet, which scales one image to all sizes and would lose the
// details that are drawn for each size.
func makeICNS(args []string) error {
	var set icns.IconSet
	for _, t := range icnsTypes {
		data, err := os.ReadFile(filepath.Join(args[0], fmt.Sprintf("%d.png", t.Size)))
		if err != nil {
			return err
		}
		image, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return err
		}
		set.Icons = append(set.Icons, &icns.Icon{Type: t, Image: image})
	}
	var file bytes.Buffer
	if _, err := set.WriteTo(&file); err != nil {
		return err
	}
	return write(args[1], file.Bytes(), 0o644)
}
