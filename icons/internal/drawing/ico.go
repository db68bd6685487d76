package drawing

import (
	"bytes"
	"encoding/binary"
	"image"
)

// The .ico format: https://learn.microsoft.com/en-us/previous-versions/ms997538(v=msdn.10).
// All numbers are little-endian.

// icoHeader opens the file; one icoEntry for each image follows.
type icoHeader struct{ Reserved, Type, Count uint16 }

// icoEntry says what an image is and where it lies.
type icoEntry struct {
	Width, Height, Colours, Reserved uint8
	Planes, Bits                     uint16
	Bytes, Offset                    uint32
}

// bitmapHeader is Windows' BITMAPINFOHEADER. Height counts the rows of the
// colours and those of the mask.
type bitmapHeader struct {
	Size                     uint32
	Width, Height            int32
	Planes, Bits             uint16
	Compression, ImageBytes  uint32
	XPerMeter, YPerMeter     int32
	ColoursUsed, ColoursMain uint32
}

const (
	icoType      = 1 // 2 is a cursor
	icoHeaderLen = 6
	icoEntryLen  = 16
	bitmapLen    = 40
	bitsPerPixel = 32 // blue, green, red, alpha
)

// encodeICO packs images of at most 255 px into one .ico. They are plain
// bitmaps: some readers take PNG only at 256 px.
func encodeICO(images []*image.NRGBA) ([]byte, error) {
	var head, data bytes.Buffer
	put(&head, icoHeader{Type: icoType, Count: uint16(len(images))})
	offset := icoHeaderLen + icoEntryLen*len(images)
	for _, m := range images {
		b := bitmap(m)
		put(&head, icoEntry{
			Width: uint8(m.Rect.Dx()), Height: uint8(m.Rect.Dy()),
			Planes: 1, Bits: bitsPerPixel,
			Bytes: uint32(len(b)), Offset: uint32(offset + data.Len()),
		})
		data.Write(b)
	}
	return append(head.Bytes(), data.Bytes()...), nil
}

// bitmap is one image: header, colours from the bottom row up, and the mask
// that systems without alpha use.
func bitmap(m *image.NRGBA) []byte {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	var b bytes.Buffer
	put(&b, bitmapHeader{
		Size: bitmapLen, Width: int32(w), Height: int32(2 * h),
		Planes: 1, Bits: bitsPerPixel,
	})
	for y := h - 1; y >= 0; y-- {
		for x := range w {
			p := m.NRGBAAt(x, y)
			b.Write([]byte{p.B, p.G, p.R, p.A})
		}
	}
	for y := h - 1; y >= 0; y-- {
		b.Write(maskRow(m, y))
	}
	return b.Bytes()
}

// maskRow has a bit set where the image is transparent. Rows are multiples of
// 32 bits.
func maskRow(m *image.NRGBA, y int) []byte {
	row := make([]byte, (m.Rect.Dx()+31)/32*4)
	for x := range m.Rect.Dx() {
		if m.NRGBAAt(x, y).A == 0 {
			row[x/8] |= 0x80 >> (x % 8)
		}
	}
	return row
}

// put writes v. It cannot fail: v has a fixed size and the buffer grows.
func put(b *bytes.Buffer, v any) {
	if err := binary.Write(b, binary.LittleEndian, v); err != nil {
		panic(err)
	}
}
