//go:build linux

package fakedesktop

import "github.com/godbus/dbus/v5"

// properties is what an object told of itself, of any type under any name.
type properties map[string]dbus.Variant

// fill stores a property, or leaves the default where it is missing or has
// another type. (The Store of a zero Variant panics.)
func (p properties) fill(name string, into any) {
	if v, ok := p[name]; ok && v.Value() != nil {
		v.Store(into)
	}
}
