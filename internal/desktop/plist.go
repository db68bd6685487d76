package desktop

// This file keeps untrusted property lists away from the parts of howett.net/plist in which they could crash the program.

import (
	"bytes"
	"errors"
	"fmt"

	"howett.net/plist"
)

// maxPlist limits the bytes that ParsePlist accepts, and so how deep the library recurses. launchd's own files have less than 10 KB.
const maxPlist = 64 << 10

// ParsePlist returns the outermost dictionary of an XML property list. Of a repeated key the last value counts.
//
// It refuses the other formats. In version 1.0.1 of the library the length of a binary string can wrap around and make a Go
// string of negative length, which crashes the program beyond recovery. An old-style text can nest a level deeper with each
// byte, and the library takes an empty file for an old-style text. launchd itself reads no old-style text.
func ParsePlist(data []byte) (map[string]any, error) {
	if len(data) > maxPlist {
		return nil, fmt.Errorf("plist: more than %d bytes", maxPlist)
	}
	if !bytes.HasPrefix(bytes.TrimLeft(data, "\ufeff \t\r\n"), []byte("<")) {
		return nil, errors.New("plist: not XML (plutil -convert xml1 converts a binary property list)")
	}
	var dict map[string]any
	if _, err := plist.Unmarshal(data, &dict); err != nil {
		return nil, err
	}
	if dict == nil {
		return nil, errors.New("plist: no dictionary")
	}
	return dict, nil
}

// FormatPlist returns dict as an XML property list with its keys sorted. It panics if a value has a type that property lists lack.
func FormatPlist(dict map[string]any) []byte {
	data, err := plist.MarshalIndent(dict, plist.XMLFormat, "\t")
	if err != nil {
		panic(err)
	}
	return append(data, '\n')
}
