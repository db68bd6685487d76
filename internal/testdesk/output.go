//go:build linux

package testdesk

import (
	"bytes"
	"time"
)

// The streams of a process.
const stdout, stderr = "stdout", "stderr"

// Line is one line of output. Lines are in the order in which they were read.
// Lines of different streams may have been written in another order.
type Line struct {
	Stream   string
	Text     string // without the newline
	Received time.Time
}

// recorder splits the output of a stream into lines.
type recorder struct {
	process *Process
	stream  string
	rest    []byte // an incomplete line
}

// Write implements io.Writer. One goroutine per stream calls it.
func (r *recorder) Write(text []byte) (int, error) {
	r.process.update(func() {
		r.rest = append(r.rest, text...)
		for {
			line, rest, found := bytes.Cut(r.rest, []byte("\n"))
			if !found {
				return
			}
			r.add(line)
			r.rest = rest
		}
	})
	return len(text), nil
}

// flush adds the text after the last newline as a line. The caller holds the lock
// of the state.
func (r *recorder) flush() {
	if len(r.rest) > 0 {
		r.add(r.rest)
	}
}

func (r *recorder) add(line []byte) {
	r.process.lines = append(r.process.lines, Line{r.stream, string(line), time.Now()})
}
