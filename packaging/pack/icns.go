package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
)

// icnsEntries are the types that hold a PNG, as iconutil(1) writes them, and the size in pixels of each. The types for 16 and
// 32 px at 1x (icp4, icp5) are left out: with a PNG in them some versions of macOS show noise; it scales ic11 instead.
var icnsEntries = []struct {
	kind   string
	pixels int
}{
	{"ic11", 32},   // 16 pt @2x
	{"ic12", 64},   // 32 pt @2x
	{"ic07", 128},  // 128 pt
	{"ic13", 256},  // 128 pt @2x
	{"ic08", 256},  // 256 pt
	{"ic14", 512},  // 256 pt @2x
	{"ic09", 512},  // 512 pt
	{"ic10", 1024}, // 512 pt @2x
}

// makeICNS packs the drawn PNGs as they are: scaling one of them would lose what is drawn per size.
func makeICNS(args []string) error {
	data, err := icns(args[0])
	if err != nil {
		return err
	}
	return write(args[1], data, 0o644)
}

// icns: the magic and the whole length, then for each image its type, its length with these eight bytes, and the PNG.
func icns(dir string) ([]byte, error) {
	var body bytes.Buffer
	for _, e := range icnsEntries {
		png, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.png", e.pixels)))
		if err != nil {
			return nil, err
		}
		icnsChunk(&body, e.kind, png)
	}
	var file bytes.Buffer
	icnsChunk(&file, "icns", body.Bytes())
	return file.Bytes(), nil
}

// icnsChunk: lengths are big-endian and count the header.
func icnsChunk(b *bytes.Buffer, kind string, data []byte) {
	const header = 8
	b.WriteString(kind)
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(header+len(data))))
	b.Write(data)
}
