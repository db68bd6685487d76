//go:build linux

package testdesk

import (
	"bytes"
	"strings"
	"time"
)

// Stream is one of the two outputs of a process.
type Stream string

// The streams.
const (
	Stdout Stream = "stdout"
	Stderr Stream = "stderr"
)

// Line is one line of output. Lines are in the order in which they were read.
// Lines of different streams may have been written in another order.
type Line struct {
	Stream   Stream
	Text     string // without the newline
	Received time.Time
}

// recorder splits the output of a stream into lines.
type recorder struct {
	process *Process
	stream  Stream
	rest    []byte // an incomplete line
}

// Write implements io.Writer. One goroutine per stream calls it.
func (r *recorder) Write(text []byte) (int, error) {
	now := time.Now()
	r.process.update(func() {
		r.process.output[r.stream] = append(r.process.output[r.stream], text...)
		r.rest = append(r.rest, text...)
		for {
			line, rest, found := bytes.Cut(r.rest, []byte("\n"))
			if !found {
				return
			}
			r.process.addLine(r.stream, string(line), now)
			r.rest = rest
		}
	})
	return len(text), nil
}

// flush adds the text after the last newline as a line. The caller holds the
// state.
func (r *recorder) flush() {
	if len(r.rest) > 0 {
		r.process.addLine(r.stream, string(r.rest), time.Now())
		r.rest = nil
	}
}

func (p *Process) addLine(s Stream, text string, at time.Time) {
	p.lines = append(p.lines, Line{s, strings.TrimSuffix(text, "\r"), at})
}
