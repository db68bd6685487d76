//go:build windows

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"
)

// A round is one run of all steps.
type round struct {
	program, out, work string
	wine               bool
	results            []result
	undo               []func() // of the step that is under way, the last one first
	notes              []string
}

type result struct {
	step           int
	title, outcome string
	seconds        float64
	reason         string
}

// A step proves one thing. do calls fail or unavailable, or passes.
type step struct {
	title string
	do    func(*round)
}

// verdict ends a step; it is thrown by panic and caught by runStep.
type verdict struct{ outcome, reason string }

func fail(format string, args ...any) { panic(verdict{"FAIL", fmt.Sprintf(format, args...)}) }

func unavailable(format string, args ...any) {
	panic(verdict{"UNAVAILABLE", fmt.Sprintf(format, args...)})
}

// must ends the step if err is not nil.
func must(what string, err error) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

// note adds a fact to this step's line in the report.
func (r *round) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// onExit registers a function that runs when the step is over, however it ends.
func (r *round) onExit(undo func()) { r.undo = append(r.undo, undo) }

// runStep runs a step and reports whether it did not fail.
func (r *round) runStep(number int, s step) bool {
	began := time.Now()
	r.undo, r.notes = nil, nil
	v := r.verdictOf(s)
	reason := strings.Join(append([]string{v.reason}, r.notes...), "; ")
	reason = strings.NewReplacer("\n", " ", "\r", "", "\t", " ").Replace(strings.TrimPrefix(reason, "; "))
	r.results = append(r.results, result{number, s.title, v.outcome, time.Since(began).Seconds(), reason})
	fmt.Printf("%d %s: %s %s\n", number, s.title, v.outcome, reason)
	return v.outcome != "FAIL"
}

func (r *round) verdictOf(s step) verdict {
	v := guarded(func() { s.do(r) })
	if v.outcome == "FAIL" {
		_ = guarded(func() { r.shot(fmt.Sprintf("%02d-failed", len(r.results)+1)) })
	}
	for i := len(r.undo) - 1; i >= 0; i-- {
		if u := guarded(r.undo[i]); u.outcome != "PASS" {
			v.outcome = "FAIL"
			r.note("not undone: %s", u.reason)
		}
	}
	return v
}

// guarded turns any panic of do into a verdict.
func guarded(do func()) (v verdict) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case verdict:
			v = thrown
		default:
			v = verdict{"FAIL", fmt.Sprintf("%v: %s", thrown, debug.Stack())}
		}
	}()
	do()
	return verdict{outcome: "PASS"}
}

// writeReport writes results.tsv, which `probe page` reads, and report.md.
func (r *round) writeReport() error {
	var tsv, md strings.Builder
	fmt.Fprintf(&md, "## Lockbar on Windows\n\n%s\n\n| step | | result | seconds | |\n|---|---|---|---|---|\n", systemName())
	for _, s := range r.results {
		fmt.Fprintf(&tsv, "%d\t%s\t%s\t%.0f\t%s\n", s.step, s.title, s.outcome, s.seconds, s.reason)
		fmt.Fprintf(&md, "| %d | %s | %s | %.1f | %s |\n", s.step, s.title, s.outcome, s.seconds, strings.ReplaceAll(s.reason, "|", `\|`))
	}
	if err := os.WriteFile(filepath.Join(r.out, "results.tsv"), []byte(tsv.String()), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, "report.md"), []byte(md.String()), 0o666)
}

// patience bounds every wait. Most waits are short, but the removal of a lock is recorded only after ten seconds, because a takeover might follow.
const patience = 40 * time.Second

// within waits until a condition holds, and ends the step if that takes too long.
func within(what string, isSo func() bool) time.Duration {
	began := time.Now()
	for !isSo() {
		if time.Since(began) > patience {
			fail("not within %v: %s", patience, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(began)
}
