package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// A member is one key of a JSON object, with the text of its value and the value's offset in the file.
type member struct {
	key    string
	value  json.RawMessage
	offset int
}

func (m member) fault(problem string) error { return &fault{m.offset, problem} }

// An object is a JSON object, whose keys keep the user's order. Keys that differ in case are different. Of repeated keys the last counts.
type object []member

// byteOrderMark may start a file that Notepad wrote on Windows.
var byteOrderMark = []byte("\xef\xbb\xbf")

// members reads one object; offset is the offset of data in the file. Blank data is an empty object.
func members(data []byte, offset int) (object, error) {
	if rest, ok := bytes.CutPrefix(data, byteOrderMark); ok {
		data, offset = rest, offset+len(byteOrderMark)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	if err := syntax(data, offset); err != nil {
		return nil, err
	}
	return decodeMembers(json.NewDecoder(bytes.NewReader(data)), offset)
}

func syntax(data []byte, offset int) error {
	var whole json.RawMessage
	err := json.Unmarshal(data, &whole)
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return &fault{offset + int(bad.Offset), "this is not JSON; look for a comma, a quote or a bracket too many or too few"}
	}
	if err == nil && whole[0] != '{' {
		return &fault{offset, "the file must hold one object: { ... }"}
	}
	return err
}

// decodeMembers reads one object, whose syntax members has checked.
func decodeMembers(d *json.Decoder, offset int) (object, error) {
	var o object
	if _, err := d.Token(); err != nil { // {
		return nil, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		o = append(o, member{key.(string), value, offset + int(d.InputOffset()) - len(value)})
	}
	return o, nil
}

// lastOfEach returns the members that count: the last of each key.
func (o object) lastOfEach() (list object) {
	last := map[string]int{}
	for i, m := range o {
		last[m.key] = i
	}
	for i, m := range o {
		if last[m.key] == i {
			list = append(list, m)
		}
	}
	return list
}

func (o object) get(key string) json.RawMessage {
	for _, m := range slices.Backward(o) {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// set replaces the value of the key's last member, which is the one that counts, or adds a member.
func (o object) set(key string, value any) object {
	raw := plain(value)
	for i := range slices.Backward(o) {
		if o[i].key == key {
			o = slices.Clone(o)
			o[i].value = raw
			return o
		}
	}
	return append(o, member{key: key, value: raw})
}

func (o object) without(key string) object {
	return slices.DeleteFunc(slices.Clone(o), func(m member) bool { return m.key == key })
}

func (o object) encode() []byte {
	parts := make([][]byte, len(o))
	for i, m := range o {
		parts[i] = slices.Concat(plain(m.key), []byte(":"), m.value)
	}
	return slices.Concat([]byte("{"), bytes.Join(parts, []byte(",")), []byte("}"))
}

// plain encodes JSON for human readers. It does not escape <, > and &, which only web pages need.
func plain(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("config: settings are plain data: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}

func indent(data []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
