//go:build windows

// Round proves on Windows what only Windows can: it starts the app, drives the states of a lock, opens the menu, clicks, ends the
// session. It has only run under Wine, which has no taskbar to look at.
//
//	round [-wine] LOCKBAR OUT
//
// LOCKBAR is the program; OUT is a new directory, which gets report.md, results.tsv, pictures/ and logs/. Each step ends as PASS, FAIL or
// UNAVAILABLE (it could not be tried here, which says nothing about Lockbar). Exit 0 if none failed, 1 if one did, 2 for a wrong call.
//
// It opens menus, moves the pointer away from them, adds a scheduled task and a login item and removes them, and where Windows hides
// new icons it has Lockbar's shown: use a machine that is thrown away, or leave it alone for two minutes. Its stores are of its own.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	wine := flag.Bool("wine", false, "this is Wine, where some steps are known to be unavailable")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: round [-wine] LOCKBAR OUT") }
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	passed, err := run(flag.Arg(0), flag.Arg(1), *wine)
	if err != nil {
		fmt.Fprintln(os.Stderr, "round:", err)
		os.Exit(2)
	}
	if !passed {
		os.Exit(1)
	}
}

// run runs all steps and reports whether none failed.
func run(program, out string, wine bool) (passed bool, err error) {
	r := round{wine: wine}
	if r.program, err = filepath.Abs(program); err != nil {
		return false, err
	}
	if r.out, err = filepath.Abs(out); err != nil {
		return false, err
	}
	for _, dir := range []string{r.out, filepath.Join(r.out, "pictures"), filepath.Join(r.out, "logs")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return false, err
		}
	}
	if r.work, err = os.MkdirTemp("", "lockbar-round"); err != nil {
		return false, err
	}
	defer os.RemoveAll(r.work)
	passed = true
	for i, s := range steps {
		passed = r.runStep(i+1, s) && passed
	}
	return passed, r.writeReport()
}
