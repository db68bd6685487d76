// Package plist reads the part of XML property lists that launchd's files use. It does not read binary ones, which are rare
// among files that people and installers write: Parse says ErrBinary then.
package plist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
)

// ErrBinary: the file is a binary property list (`plutil -convert xml1` makes it readable).
var ErrBinary = errors.New("plist: a binary property list")

// maxDepth bounds what a hostile file can make us stack: launchd's own files are four deep.
const maxDepth = 32

// Parse gives the outermost dictionary. Values are string, bool, []any and map[string]any; of the other kinds (numbers,
// dates, data) the text as it stands there.
func Parse(data []byte) (map[string]any, error) {
	if bytes.HasPrefix(data, []byte("bplist")) {
		return nil, ErrBinary
	}
	r := reader{xml.NewDecoder(bytes.NewReader(data))}
	for {
		start, err := r.next()
		if err != nil {
			return nil, err
		}
		if start == nil {
			return nil, errors.New("plist: no dictionary")
		}
		if start.Name.Local == "dict" {
			return r.dict(1)
		}
	}
}

type reader struct{ d *xml.Decoder }

// next is the next element that begins, or nil at the end of the one around it.
func (r reader) next() (*xml.StartElement, error) {
	for {
		t, err := r.d.Token()
		if err != nil {
			return nil, fmt.Errorf("plist: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return &t, nil
		case xml.EndElement:
			return nil, nil
		}
	}
}

// dict reads to the end of a dictionary: a key, its value, a key, ... Of a repeated key the last counts.
func (r reader) dict(depth int) (map[string]any, error) {
	values := map[string]any{}
	for {
		start, err := r.next()
		if err != nil || start == nil {
			return values, err
		}
		if start.Name.Local != "key" {
			return nil, fmt.Errorf("plist: <%s> where a key belongs", start.Name.Local)
		}
		key, err := r.text(start)
		if err != nil {
			return nil, err
		}
		if start, err = r.next(); err != nil || start == nil {
			return nil, errors.Join(err, fmt.Errorf("plist: the key %q has no value", key))
		}
		if values[key], err = r.value(start, depth); err != nil {
			return nil, err
		}
	}
}

func (r reader) array(depth int) ([]any, error) {
	var values []any
	for {
		start, err := r.next()
		if err != nil || start == nil {
			return values, err
		}
		v, err := r.value(start, depth)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
}

func (r reader) value(start *xml.StartElement, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("plist: too deep")
	}
	switch start.Name.Local {
	case "dict":
		return r.dict(depth + 1)
	case "array":
		return r.array(depth + 1)
	case "true", "false":
		return start.Name.Local == "true", r.d.Skip()
	}
	return r.text(start)
}

func (r reader) text(start *xml.StartElement) (string, error) {
	var s struct {
		Text string `xml:",chardata"`
	}
	if err := r.d.DecodeElement(&s, start); err != nil {
		return "", fmt.Errorf("plist: %w", err)
	}
	return s.Text, nil
}
