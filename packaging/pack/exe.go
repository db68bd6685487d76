package main

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Resource types of Windows that a program must have: RT_ICON, RT_GROUP_ICON, RT_VERSION, RT_MANIFEST.
var resourceTypes = []uint32{3, 14, 16, 24}

// subsystems are what decides whether a program gets a console window.
var subsystems = map[string]uint16{"gui": pe.IMAGE_SUBSYSTEM_WINDOWS_GUI, "console": pe.IMAGE_SUBSYSTEM_WINDOWS_CUI}

// checkExe looks at a Windows program as Windows would: it is the only proof to be had without Windows.
func checkExe(args []string) error {
	r, err := newRelease(args[0])
	if err != nil {
		return err
	}
	f, err := pe.Open(args[2])
	if err != nil {
		return err
	}
	defer f.Close()
	header, ok := f.OptionalHeader.(*pe.OptionalHeader64)
	if !ok || header.Subsystem != subsystems[args[1]] {
		return fmt.Errorf("%s is no %s program", args[2], args[1])
	}
	if err := checkResources(f, r.version); err != nil {
		return fmt.Errorf("%s: %w", args[2], err)
	}
	return nil
}

func checkResources(f *pe.File, version string) error {
	section := f.Section(".rsrc")
	if section == nil {
		return fmt.Errorf("no resources")
	}
	data, err := section.Data()
	if err != nil {
		return err
	}
	have := resourceTypesOf(data)
	for _, want := range resourceTypes {
		if !have[want] {
			return fmt.Errorf("no resource of type %d", want)
		}
	}
	if !bytes.Contains(data, utf16LE("ProductVersion\x00"+padding("ProductVersion")+version+"\x00")) {
		return fmt.Errorf("the version resource does not say %s", version)
	}
	return nil
}

// resourceTypesOf reads the topmost directory of the tree of resources: sixteen bytes, of which the last four count the named
// and the numbered entries; then eight bytes for each entry. The standard library's debug/pe reads no resources, and
// go-winres' library would check its own work.
func resourceTypesOf(data []byte) map[uint32]bool {
	const header, entry = 16, 8
	types := map[uint32]bool{}
	if len(data) < header {
		return types
	}
	count := int(binary.LittleEndian.Uint16(data[12:])) + int(binary.LittleEndian.Uint16(data[14:]))
	for at := header; count > 0 && at+entry <= len(data); at, count = at+entry, count-1 {
		types[binary.LittleEndian.Uint32(data[at:])] = true
	}
	return types
}

// padding: in a version resource a value begins at a multiple of four bytes. The key stands behind three words.
func padding(key string) string {
	words := 3 + len(key) + 1
	return strings.Repeat("\x00", words%2)
}

func utf16LE(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}
