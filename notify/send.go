package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

const (
	// DeliverCommand is the hidden command whose body is Deliver.
	DeliverCommand = "deliver-notification"
	// deadline is when a child is killed: a desktop shows a message within milliseconds, and a hung service never does.
	deadline = 10 * time.Second
	// queueLength has room for a full Outbox and as many answers to clicks.
	queueLength = 2 * maxLetters
	// reapTime is how long the child's output may stay open after it ended: a grandchild may have it.
	reapTime = time.Second
)

// Delivery says how delivery goes. It is comparable with ==.
type Delivery struct {
	Sent, Failed int
	Err          string // of the last message, as the system said it; empty when it was shown
}

// ErrQueueFull: messages arrive faster than the desktop takes them.
var ErrQueueFull = errors.New("notify: too many messages wait")

// Sender delivers messages one after the other. Send may be called by any goroutine; Run by one.
type Sender struct {
	queue   chan Letter
	deliver func(context.Context, Message) error
}

// NewSender returns a sender that shows messages on this desktop. What must stay on disk for that goes to stateDir; it may be empty.
func NewSender(stateDir string) *Sender {
	return &Sender{make(chan Letter, queueLength), func(ctx context.Context, m Message) error { return deliverByChild(ctx, stateDir, m) }}
}

// Send queues a letter and returns at once. The error is ErrQueueFull.
func (s *Sender) Send(l Letter) error {
	select {
	case s.queue <- l:
		return nil
	default:
		return ErrQueueFull
	}
}

// Run delivers until ctx ends, and calls report after each letter. One that the end cut off is not reported.
func (s *Sender) Run(ctx context.Context, report func(id int, d Delivery)) {
	var d Delivery
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-s.queue:
			err := s.deliver(ctx, l.Message)
			if err != nil && ctx.Err() != nil {
				return
			}
			d = d.after(err)
			report(l.ID, d)
		}
	}
}

// Show delivers one message now, for a program that has no Sender.
func Show(ctx context.Context, stateDir string, m Message) error {
	if AskWay(ctx) == SwitchedOff {
		return ErrDenied
	}
	return deliverByChild(ctx, stateDir, m)
}

func (d Delivery) after(err error) Delivery {
	if err == nil {
		return Delivery{Sent: d.Sent + 1, Failed: d.Failed}
	}
	return Delivery{Sent: d.Sent, Failed: d.Failed + 1, Err: err.Error()}
}

// deliverByChild runs Deliver in a process of this program.
func deliverByChild(ctx context.Context, stateDir string, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	cmd, err := deliverCommand(ctx)
	if err != nil {
		return err
	}
	input, err := json.Marshal(delivery{m, stateDir})
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &said
	err = cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("notify: no answer from the desktop within %v", deadline)
	}
	if text := strings.TrimSpace(said.String()); err != nil && text != "" {
		return errors.New(text) // the child knows better than its exit code
	}
	return err
}

func deliverCommand(ctx context.Context) (*exec.Cmd, error) {
	program, err := executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, DeliverCommand)
	cmd.WaitDelay = reapTime
	endWithChildren(cmd)
	return cmd, nil
}

// executable is this program even after an upgrade has replaced its file.
func executable() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}
