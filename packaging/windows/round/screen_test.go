//go:build windows

package round

import (
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	gdi32              = windows.NewLazySystemDLL("gdi32.dll")
	getDC              = user32.NewProc("GetDC")
	releaseDC          = user32.NewProc("ReleaseDC")
	getSystemMetrics   = user32.NewProc("GetSystemMetrics")
	getWindowRect      = user32.NewProc("GetWindowRect")
	createCompatibleDC = gdi32.NewProc("CreateCompatibleDC")
	createDIBSection   = gdi32.NewProc("CreateDIBSection")
	selectObject       = gdi32.NewProc("SelectObject")
	deleteObject       = gdi32.NewProc("DeleteObject")
	deleteDC           = gdi32.NewProc("DeleteDC")
	bitBlt             = gdi32.NewProc("BitBlt")
)

// bitmapInfo is BITMAPINFO without colours, of 32 bits a pixel.
type bitmapInfo struct {
	size                        uint32
	width, height               int32 // a height below zero: the first row is the top
	planes, bits                uint16
	compression, imageSize      uint32
	xPerMeter, yPerMeter        int32
	colorsUsed, colorsImportant uint32
	_                           uint32
}

// grab returns a picture of a part of the screen, or nil where Windows gives none.
func grab(of windows.Rect) *image.RGBA {
	width, height := of.Right-of.Left, of.Bottom-of.Top
	screen, _, _ := getDC.Call(0)
	defer releaseDC.Call(0, screen)
	memory, _, _ := createCompatibleDC.Call(screen)
	defer deleteDC.Call(memory)
	info := bitmapInfo{size: 40, width: width, height: -height, planes: 1, bits: 32}
	var bits unsafe.Pointer
	bitmap, _, _ := createDIBSection.Call(memory, uintptr(unsafe.Pointer(&info)), 0, uintptr(unsafe.Pointer(&bits)), 0, 0)
	if bitmap == 0 || bits == nil {
		return nil
	}
	defer deleteObject.Call(bitmap)
	selectObject.Call(memory, bitmap)
	const copyWithLayers = 0x00CC0020 | 0x40000000 // SRCCOPY | CAPTUREBLT
	if done, _, _ := bitBlt.Call(memory, 0, 0, uintptr(width), uintptr(height), screen, uintptr(of.Left), uintptr(of.Top), copyWithLayers); done == 0 {
		return nil
	}
	picture := image.NewRGBA(image.Rect(0, 0, int(width), int(height)))
	copy(picture.Pix, unsafe.Slice((*byte)(bits), len(picture.Pix)))
	for i := 0; i < len(picture.Pix); i += 4 { // blue, green, red, nothing
		picture.Pix[i], picture.Pix[i+2], picture.Pix[i+3] = picture.Pix[i+2], picture.Pix[i], 0xff
	}
	return picture
}

// wholeScreen returns the frame of the first screen.
func wholeScreen() windows.Rect {
	width, _, _ := getSystemMetrics.Call(0)
	height, _, _ := getSystemMetrics.Call(1)
	return windows.Rect{Right: int32(width), Bottom: int32(height)}
}

// taskbar returns the frame of the notification area, and false if there is no taskbar.
func taskbar() (windows.Rect, bool) {
	area := child(0, 0, "Shell_TrayWnd")
	if inner := child(area, 0, "TrayNotifyWnd"); area != 0 && inner != 0 {
		area = inner
	}
	var rect windows.Rect
	getWindowRect.Call(area, uintptr(unsafe.Pointer(&rect)))
	return rect, rect.Right > rect.Left && rect.Bottom > rect.Top
}

// shot saves a picture of the whole screen.
func (r *round) shot(name string) { r.keep(name, grab(wholeScreen())) }

// keep writes a picture. A missing picture is not a failure of Lockbar.
func (r *round) keep(name string, picture *image.RGBA) {
	if picture == nil {
		r.Logf("no picture %s", name)
		return
	}
	f, err := os.Create(filepath.Join(*out, "pictures", name+".png"))
	if err == nil {
		err = errors.Join(png.Encode(f, picture), f.Close())
	}
	if err != nil {
		r.Error(err)
	}
}
