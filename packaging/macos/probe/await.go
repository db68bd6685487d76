package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tick is the pause between two reads of the log. Polling is acceptable: a measured delay is ten times as long, and a wait lasts about
// a second.
const tick = time.Millisecond

// printAwaited prints the milliseconds from the start of a command until the line that it causes is in the log.
func printAwaited(c call) error {
	limit, err := strconv.ParseUint(c.args[2], 10, 31)
	if err != nil || limit == 0 {
		return usageError(fmt.Sprintf("invalid number of milliseconds %q", c.args[2]))
	}
	took, err := await(c.args[0], c.args[1], time.Duration(limit)*time.Millisecond, c.args[3:], c.errOut)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%.1f\n", float64(took.Microseconds())/1000)
	return err
}

// outputTime bounds how long a child of a command that has ended may keep the output open.
const outputTime = time.Second

// await runs a command and measures how long it takes until a new line of the log has the text. The command must end within the
// limit, too; it has ended when await returns.
func await(log, text string, limit time.Duration, command []string, output io.Writer) (time.Duration, error) {
	follow, err := newTail(log)
	if err != nil {
		return 0, err
	}
	ctx, stop := context.WithTimeout(context.Background(), limit)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = output, output, outputTime
	result, ended := make(chan error, 1), make(chan struct{})
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		stop()
		return 0, fmt.Errorf("waiting for %q: %w", text, err)
	}
	go func() {
		result <- cmd.Wait()
		close(ended)
	}()
	defer func() { stop(); <-ended }()
	return follow.until(ctx, text, begun, result)
}

// A tail reads the lines that a log gains.
type tail struct {
	path   string
	offset int64
	within bool // a line that began earlier is not over
}

// newTail starts at the end of a log, which need not exist.
func newTail(path string) (*tail, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &tail{path, int64(len(text)), len(text) > 0 && text[len(text)-1] != '\n'}, nil
}

// lines returns the complete lines that began after newTail.
func (t *tail) lines() ([]string, error) {
	f, err := os.Open(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, t.offset, 1<<62-t.offset))
	if t.within {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	all := strings.Split(string(text), "\n")
	return all[:len(all)-1], err
}

// until returns once a line has the text and the command has succeeded.
func (t *tail) until(ctx context.Context, text string, begun time.Time, result <-chan error) (took time.Duration, err error) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for seen, done := false, false; !seen || !done; {
		select {
		case err := <-result:
			if err != nil && ctx.Err() != nil {
				continue // killed at the limit
			} else if err != nil {
				return 0, t.missed(text, fmt.Errorf("the command: %w", err))
			}
			done = true
		case <-ticker.C:
			if seen {
				continue
			}
			lines, err := t.lines()
			if err != nil {
				return 0, t.missed(text, err)
			}
			seen = slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, text) })
			took = time.Since(begun)
		case <-ctx.Done():
			if seen {
				return 0, t.missed(text, errors.New("the line came, but the command did not end in time"))
			}
			return 0, t.missed(text, errors.New("it did not come in time"))
		}
	}
	return took, nil
}

// missed returns the error of a wait, with the last new line of the log.
func (t *tail) missed(text string, why error) error {
	lines, _ := t.lines()
	if len(lines) == 0 {
		return fmt.Errorf("waiting for %q: %w; no new line", text, why)
	}
	return fmt.Errorf("waiting for %q: %w; the last new line: %q", text, why, lines[len(lines)-1])
}
