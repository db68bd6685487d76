package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/icons"
)

func TestSendNeverBlocks(t *testing.T) {
	s := NewSender("")
	for i := range queueLength {
		if err := s.Send(Letter{}); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	if err := s.Send(Letter{}); !errors.Is(err, ErrQueueFull) {
		t.Errorf("one too many: %v", err)
	}
}

func TestSenderCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender("")
		s.open = func(string, func(DesktopEvent)) native { return nil }
		s.beeep = func(_ context.Context, _ string, m Message) error {
			if m.Urgent {
				return errors.New("no desktop")
			}
			return nil
		}
		var got []Delivery
		ctx, cancel := context.WithCancel(t.Context())
		go s.Run(ctx, func(r Outcome) { got = append(got, r.Delivery) }, func(DesktopEvent) {})
		for _, urgent := range []bool{false, true, true, false} {
			s.Send(Letter{Message: Message{Title: "News", Urgent: urgent}})
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		want := []Delivery{{1, 0, ""}, {1, 1, "no desktop"}, {1, 2, "no desktop"}, {2, 2, ""}}
		if len(got) != len(want) {
			t.Fatalf("%v", got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("after %d: %v, want %v", i+1, got[i], want[i])
			}
		}
	})
}

// childEnv is the variable that makes this test binary the child of a sender.
const childEnv = "LOCKBAR_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(m.Run())
	case "hang":
		tellParent()
		time.Sleep(time.Hour)
	case "grandchild": // like beeep's fallbacks: a program that keeps the output open
		c := exec.Command("sleep", "600")
		c.Stderr = os.Stderr
		if file, err := tellParent().File(); err == nil {
			c.ExtraFiles = []*os.File{file}
		}
		c.Run()
	case "fail":
		os.Stderr.WriteString("no service\n")
		os.Exit(1)
	case "loud":
		os.Stdout.WriteString("\a")
	}
}

func TestChild(t *testing.T) {
	for _, test := range []struct{ does, want string }{
		{"loud", ""},
		{"fail", "no service"},
	} {
		t.Setenv(childEnv, test.does)
		err := deliverByChild(t.Context(), "", Message{Title: "x"})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.does, err, test.want)
		}
	}
}

// parentEnv is the variable with the address to which a child connects. The connection is open as long as a process with it runs.
const parentEnv = "LOCKBAR_TEST_PARENT"

func tellParent() *net.TCPConn {
	conn, err := net.Dial("tcp", os.Getenv(parentEnv))
	if err != nil {
		panic(err)
	}
	toParent = conn.(*net.TCPConn)
	return toParent
}

// toParent stays open as long as the child runs.
var toParent *net.TCPConn

// hang bounds how long a child may take before its test fails.
const hang = time.Minute

func TestHungChildEndsWithTheSender(t *testing.T) {
	parent, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer parent.Close()
	t.Setenv(parentEnv, parent.Addr().String())
	for _, does := range []string{"hang", "grandchild"} {
		if does == "grandchild" && runtime.GOOS == "windows" {
			continue // a child there cannot inherit the connection, and there is no sleep program
		}
		t.Setenv(childEnv, does)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- deliverByChild(ctx, "", Message{}) }()
		if err := parent.SetDeadline(time.Now().Add(hang)); err != nil {
			t.Fatal(err)
		}
		child, err := parent.Accept()
		if err != nil {
			cancel()
			t.Fatal(err, <-ended)
		}
		if err := child.SetDeadline(time.Now().Add(hang)); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-ended; err == nil {
			t.Errorf("%s: no error", does)
		}
		if _, err := child.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the child lives on: %v", does, err)
		}
		child.Close()
	}
}

func TestDeliverRefusesInvalidInput(t *testing.T) {
	for _, in := range []string{"", "[]", `"x"`, "{"} {
		if err := Deliver(strings.NewReader(in)); err == nil {
			t.Errorf("%q was delivered", in)
		}
	}
}

// TestDeliveryIsCompatible checks a newer child with an older parent, and the other way round: an upgrade may mix them.
func TestDeliveryIsCompatible(t *testing.T) {
	m := Message{Title: "T", Body: "B", Urgent: true, Icon: icons.Stale}
	older, _ := json.Marshal(m)
	newer, _ := json.Marshal(delivery{m, "/state"})
	var child delivery
	if err := json.Unmarshal(older, &child); err != nil || !reflect.DeepEqual(child, delivery{Message: m}) {
		t.Errorf("of an older parent: %+v, %v", child, err)
	}
	var olderChild Message
	if err := json.Unmarshal(newer, &olderChild); err != nil || !reflect.DeepEqual(olderChild, m) {
		t.Errorf("of a newer parent: %+v, %v", olderChild, err)
	}
}
