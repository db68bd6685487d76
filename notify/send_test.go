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
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/icons"
	"lockbar/internal/testfs"
)

// TestSenderCounts checks that messages are counted, and that a withdrawal after a failed message neither counts nor fails.
func TestSenderCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender("")
		s.open = func(string, func(DesktopEvent)) native { return nil }
		failed := errors.New("no desktop")
		s.beeep = func(_ context.Context, _ string, m Message) error {
			if m.Urgent {
				return failed
			}
			return nil
		}
		var got []Outcome
		ctx, cancel := context.WithCancel(t.Context())
		go s.Run(ctx, func(r Outcome) { got = append(got, r) }, func(DesktopEvent) {})
		for i, m := range []Message{{Title: "News"}, {Title: "Alarm", Urgent: true}, {Title: "Alarm", Urgent: true}, {}, {Title: "News"}} {
			s.Send(Letter{ID: i, Message: m})
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		want := []Outcome{{Delivery: Delivery{1, 0, ""}}, {ID: 1, Err: failed, Delivery: Delivery{1, 1, "no desktop"}},
			{ID: 2, Err: failed, Delivery: Delivery{1, 2, "no desktop"}}, {ID: 3, Delivery: Delivery{1, 2, "no desktop"}}, {ID: 4, Delivery: Delivery{2, 2, ""}}}
		if !slices.Equal(got, want) {
			t.Errorf("%+v, want %+v", got, want)
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

// parentEnv is the variable with the address to which a child connects. The connection stays open as long as the child, or a process that
// inherited it, runs.
const parentEnv = "LOCKBAR_TEST_PARENT"

func tellParent() *net.TCPConn {
	conn, err := net.Dial("tcp", os.Getenv(parentEnv))
	if err != nil {
		panic(err)
	}
	toParent = conn.(*net.TCPConn)
	return toParent
}

// toParent keeps the connection from being closed by the garbage collector.
var toParent *net.TCPConn

// hang bounds how long a child may take before its test fails.
const hang = time.Minute

func TestHungChildEndsWithTheSender(t *testing.T) {
	parent, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	testfs.Check(t, err)
	defer parent.Close()
	t.Setenv(parentEnv, parent.Addr().String())
	for _, does := range []string{"hang", "grandchild"} {
		if does == "grandchild" && runtime.GOOS == "windows" {
			continue // there a child cannot inherit the connection, and no program sleep exists
		}
		t.Setenv(childEnv, does)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- deliverByChild(ctx, "", Message{}) }()
		testfs.Check(t, parent.SetDeadline(time.Now().Add(hang)))
		child, err := parent.Accept()
		if err != nil {
			cancel()
			t.Fatal(err, <-ended)
		}
		testfs.Check(t, child.SetDeadline(time.Now().Add(hang)))
		cancel()
		if err := <-ended; err == nil {
			t.Errorf("%s: no error", does)
		}
		if _, err := child.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the child still runs: %v", does, err)
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

// TestDeliveryIsCompatible checks a newer child with an older parent, and the other way round, since an upgrade may mix them.
func TestDeliveryIsCompatible(t *testing.T) {
	m := Message{Title: "T", Body: "B", Urgent: true, Icon: icons.Stale}
	older, _ := json.Marshal(m)
	newer, _ := json.Marshal(delivery{m, "/state"})
	var child delivery
	if err := json.Unmarshal(older, &child); err != nil || !reflect.DeepEqual(child, delivery{Message: m}) {
		t.Errorf("from an older parent: %+v, %v", child, err)
	}
	var olderChild Message
	if err := json.Unmarshal(newer, &olderChild); err != nil || !reflect.DeepEqual(olderChild, m) {
		t.Errorf("from a newer parent: %+v, %v", olderChild, err)
	}
}
