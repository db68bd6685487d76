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
	// DeliverCommand is the hidden command that runs Deliver.
	DeliverCommand = "deliver-notification"
	// deadline bounds a delivery by a child or by Show, and QueryRoute: a desktop shows a message within milliseconds, and a hung service
	// never does.
	deadline = 10 * time.Second
	// queueLength has room for all waiting letters, and for the withdrawals of a hundred stores.
	queueLength = 16 * maxLetters
	// reapTime bounds how long the child's output may stay open after the child has ended: a grandchild may hold it.
	reapTime = time.Second
)

// Delivery counts deliveries. It is comparable with ==.
type Delivery struct {
	Sent, Failed int
	Err          string // why the last message was not shown; empty if it was
}

// ErrQueueFull means that messages arrive faster than the desktop accepts them.
var ErrQueueFull = errors.New("notify: too many messages wait")

// Outcome is the result of a letter.
type Outcome struct {
	ID       int
	Handle   Handle // of the message on the desktop, or zero if delivery does not track messages; with Err see Outbox.Report
	Err      error  // why it was not shown, or not withdrawn; do not retry after ErrDenied
	Delivery Delivery
}

// Sender delivers letters one after the other. Send may be called by any goroutine; Run by one.
type Sender struct {
	queue    chan Letter
	stateDir string
	open     func(stateDir string, onEvent func(DesktopEvent)) native
	beeep    func(ctx context.Context, stateDir string, m Message) error
}

// NewSender returns a sender that shows messages on this desktop. On Windows it keeps pictures in stateDir, which may be empty.
func NewSender(stateDir string) *Sender {
	return &Sender{make(chan Letter, queueLength), stateDir, newNative, deliverByChild}
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

// Run delivers until ctx ends. It calls report after each letter, except one that fails when ctx has ended. It calls onEvent for each
// event of the desktop, from any goroutine.
func (s *Sender) Run(ctx context.Context, report func(Outcome), onEvent func(DesktopEvent)) {
	deliverer := deliverer{s.stateDir, s.open(s.stateDir, onEvent), s.beeep}
	defer deliverer.close()
	var d Delivery
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-s.queue:
			h, err := deliverer.deliver(ctx, l)
			if err != nil && ctx.Err() != nil {
				return
			}
			if !l.withdraws() {
				d = d.after(err)
			}
			report(Outcome{l.ID, h, err, d})
		}
	}
}

// Show delivers one message now, for a program that has no Sender.
func Show(ctx context.Context, stateDir string, m Message) error {
	deliverer := deliverer{stateDir, newNative(stateDir, func(DesktopEvent) {}), deliverByChild}
	defer deliverer.close()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	_, err := deliverer.deliver(ctx, Letter{Message: m})
	return err
}

// deliverer delivers by the system's native service, or by beeep.
type deliverer struct {
	stateDir string
	native   native // nil if there is none
	beeep    func(ctx context.Context, stateDir string, m Message) error
}

func (w deliverer) close() {
	if w.native != nil {
		w.native.close()
	}
}

// deliver shows or withdraws a letter. It cannot withdraw a message that beeep showed.
func (w deliverer) deliver(ctx context.Context, l Letter) (Handle, error) {
	switch {
	case l.withdraws() && w.native == nil:
		return Handle{}, nil
	case l.withdraws():
		return Handle{}, w.native.withdraw(ctx, l.Replaces)
	case w.native != nil:
		h, err := w.native.show(ctx, l)
		if !errors.Is(err, errNoNative) {
			return h, err
		}
	}
	return Handle{}, w.beeep(ctx, w.stateDir, l.Message.withoutButtons())
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
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &stderr
	err = cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("notify: no answer from the desktop within %v", deadline)
	}
	if text := strings.TrimSpace(stderr.String()); err != nil && text != "" {
		return errors.New(text) // it explains more than the exit code
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

// executable returns a path that runs this program. On Linux it runs the same version even after an upgrade has replaced the file.
func executable() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}
