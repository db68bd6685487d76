//go:build linux

package main

import (
	"fmt"
	"io"
	"time"
)

// report prints one line per check and counts.
type report struct {
	out            io.Writer
	step           string
	passed, failed int
}

// check runs one check and says how it went and how long it took, which tells
// an event from a poll that came to its rescue.
func (r *report) check(name string, look func() error) error {
	began := time.Now()
	err := look()
	if err != nil {
		r.failed++
		fmt.Fprintf(r.out, "FAIL %s: %s: %v\n", r.step, name, err)
		return err
	}
	r.passed++
	fmt.Fprintf(r.out, "ok   %s: %s (%v)\n", r.step, name, time.Since(began).Round(time.Millisecond))
	return nil
}

func (r *report) close() error {
	fmt.Fprintf(r.out, "%d passed, %d failed\n", r.passed, r.failed)
	if r.failed > 0 {
		return errFailed
	}
	return nil
}
