package journal

import "encoding/json"

// Recent gives the newest n lines at most, oldest first, as Last does, but reads no more than the end of the file: it is
// for who wants a few and has little memory.
func (j Journal) Recent(n int) ([]json.RawMessage, error) {
	data, err := j.tail()
	if err != nil {
		return nil, err
	}
	lines := objects(data)
	return lines[max(0, len(lines)-n):], nil
}
