//go:build linux

// Sample is a small tray program, for the tests of testdesk. It shows that
// the fake gets along with the real fyne.io/systray.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"os"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"
)

func main() {
	bus, err := dbus.SessionBus()
	if err != nil {
		log.Fatal(err)
	}
	quit := make(chan struct{})
	go func() {
		<-bus.Context().Done()
		select {
		case <-quit: // systray closes the connection too, after onExit
		default:
			fmt.Println("bus lost")
			os.Exit(1)
		}
	}()
	// What is set before Run cannot be lost: systray takes it along when it
	// exports its properties. Set in the first millisecond of onReady it can.
	systray.SetTitle("sample")
	systray.SetTooltip("first tip")
	systray.SetIcon(square(color.NRGBA{R: 255, A: 255}))
	systray.Run(build, func() { close(quit) })
}

func build() {
	first := systray.AddMenuItem("First", "")
	systray.AddSeparator()
	more := systray.AddMenuItem("More", "")
	inner := more.AddSubMenuItem("Inner", "")
	deep := inner.AddSubMenuItem("Deep", "")
	tick := systray.AddMenuItemCheckbox("Tick", "", true)
	systray.AddMenuItem("Grey", "").Disable()
	systray.AddMenuItem("Hidden", "").Hide()
	quit := systray.AddMenuItem("Quit", "")

	go each(first, func() { change(first) })
	go each(deep, func() { fmt.Println("clicked Deep") })
	go each(tick, tick.Uncheck)
	go each(quit, systray.Quit)
}

// each must be ready before a click comes: systray drops what nobody takes.
func each(item *systray.MenuItem, do func()) {
	for range item.ClickedCh {
		do()
	}
}

func change(first *systray.MenuItem) {
	fmt.Println("clicked First")
	systray.SetIcon(square(color.NRGBA{B: 255, A: 255}))
	systray.SetTooltip("second tip")
	first.SetTitle("Once more")
}

// square is a picture with a transparent margin of one pixel.
func square(c color.Color) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	draw.Draw(m, m.Bounds().Inset(1), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}
