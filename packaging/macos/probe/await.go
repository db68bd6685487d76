package main

import (
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
	defer stop()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = output, output, outputTime
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("waiting for %q: %w", text, err)
	}
	result := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		if err != nil {
			stop() // there is nothing to wait for
		}
		result <- err
	}()
	seen, err := follow.until(ctx, text)
	if err != nil {
		stop()
	}
	failed := <-result
	switch {
	case err != nil:
	case failed != nil && ctx.Err() != context.DeadlineExceeded:
		err = fmt.Errorf("the command: %w", failed)
	case seen.IsZero():
		err = errors.New("it did not come in time")
	case failed != nil:
		err = errors.New("the line came, but the command did not end in time")
	default:
		return seen.Sub(begun), nil
	}
	return 0, follow.missed(text, err)
}

// A tail reads the lines that a log gains.
type tail struct {
	path   string
	offset int64
}

// newTail starts at the end of a log, which need not exist.
func newTail(path string) (*tail, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &tail{path: path}, nil
	} else if err != nil {
		return nil, err
	}
	return &tail{path, info.Size()}, nil
}

// lines returns the complete lines that the log has gained since newTail.
func (t *tail) lines() ([]string, error) {
	text, err := os.ReadFile(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	all := strings.Split(string(text[min(t.offset, int64(len(text))):]), "\n")
	return all[:len(all)-1], nil
}

// until waits for a line with the text and returns the time at which it found one, or zero if the context ended before.
func (t *tail) until(ctx context.Context, text string) (time.Time, error) {
	for ctx.Err() == nil {
		lines, err := t.lines()
		if err != nil {
			return time.Time{}, err
		}
		if slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, text) }) {
			return time.Now(), nil
		}
		time.Sleep(tick)
	}
	return time.Time{}, nil
}

// missed returns the error of a wait, with the last new line of the log.
func (t *tail) missed(text string, why error) error {
	lines, _ := t.lines()
	if len(lines) == 0 {
		return fmt.Errorf("waiting for %q: %w; no new line", text, why)
	}
	return fmt.Errorf("waiting for %q: %w; the last new line: %q", text, why, lines[len(lines)-1])
}
