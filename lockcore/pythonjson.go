package lockcore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"unicode/utf8"
)

const (
	// maxNesting is Python's default recursion limit: its reader fails on anything deeper, some levels earlier or later,
	// as deep as the daemon stands itself when it reads.
	maxNesting = 1000
	// maxDigits is Python's limit for whole numbers (sys.int_info.default_max_str_digits): its reader fails on longer ones,
	// wherever in the file they stand.
	maxDigits = 4300
)

// parseObject splits one JSON object into its members; of a repeated key the last counts. A map[string]RawMessage keeps
// key names exact, which decoding into a struct does not.
func parseObject(data []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	if err := checkPythonLimits(data); err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	err := json.Unmarshal(withoutPythonConstants(data), &fields)
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType), err == nil && fields == nil:
		return nil, errors.New("not a JSON object")
	case err != nil:
		return nil, errors.New("not JSON")
	}
	return fields, nil
}

// checkPythonLimits refuses what is JSON and yet too much for Python's reader.
func checkPythonLimits(data []byte) error {
	depth, digits := 0, 0
	for _, c := range outsideStrings(data) {
		depth += nesting(c)
		next := countDigits(digits, c)
		switch {
		case depth > maxNesting:
			return fmt.Errorf("nested more than %d deep", maxNesting)
		case next == 0 && digits > maxDigits:
			return fmt.Errorf("a number of more than %d digits", maxDigits)
		}
		digits = next
	}
	return nil
}

func nesting(c byte) int {
	switch c {
	case '[', '{':
		return 1
	case ']', '}':
		return -1
	}
	return 0
}

// countDigits counts the digits of a number up to c; a fraction or an exponent makes it a float, which may be of any length
// and counts as -1. What is no part of a number gives 0.
func countDigits(before int, c byte) int {
	switch {
	case c >= '0' && c <= '9' && before >= 0:
		return before + 1
	case c == '.', c == 'e', c == 'E':
		return -1
	case before < 0 && (c == '+' || c == '-' || c >= '0' && c <= '9'):
		return -1
	}
	return 0
}

// outsideStrings walks the bytes of JSON text that stand outside of its strings; of a string only the quotes are seen.
func outsideStrings(data []byte) iter.Seq2[int, byte] {
	return func(yield func(int, byte) bool) {
		inString := false
		for i := 0; i < len(data); i++ {
			switch c := data[i]; {
			case c == '"':
				inString = !inString
			case inString:
				if c == '\\' {
					i++ // what follows is no end
				}
				continue
			}
			if !yield(i, data[i]) {
				return
			}
		}
	}
}

// pythonConstants are what Python's json reads and writes beyond JSON. Longest first.
var pythonConstants = [][]byte{[]byte("-Infinity"), []byte("Infinity"), []byte("NaN")}

// withoutPythonConstants puts a number with a fraction (what they are to Python: floats) in the place of NaN and the
// infinities outside of strings. The blanks around it keep wrong neighbours wrong: `1NaN` stays no JSON.
func withoutPythonConstants(data []byte) []byte {
	if !bytes.Contains(data, []byte("NaN")) && !bytes.Contains(data, []byte("Infinity")) {
		return data
	}
	out, done := make([]byte, 0, len(data)+16), 0
	for i := range outsideStrings(data) {
		if n := constantAt(data[i:]); n > 0 && i >= done {
			out = append(append(out, data[done:i]...), " 0.5 "...)
			done = i + n
		}
	}
	return append(out, data[done:]...)
}

func constantAt(data []byte) int {
	for _, c := range pythonConstants {
		if bytes.HasPrefix(data, c) {
			return len(c)
		}
	}
	return 0
}
