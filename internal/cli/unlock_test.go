package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// TestSomeCopies: what was done is said, and not that nothing changed.
func TestSomeCopies(t *testing.T) {
	for done, want := range map[int]struct {
		code int
		says string
	}{
		0: {exitFailed, "nothing was removed"},
		1: {exitError, "1 copy was set aside, the others stay: "},
		2: {exitError, "2 copies were set aside, the others stay: "},
	} {
		var said bytes.Buffer
		err := copiesFailure(done, errors.New("set aside .locked 9: no space"), words.Commands{}, time.Now())
		if code := explain(&said, Root(), err); code != want.code || !strings.Contains(said.String(), want.says) || !strings.Contains(said.String(), ".locked 9") {
			t.Errorf("%d moved: %d, %q", done, code, said.String())
		}
	}
}

// TestLockLeftAside: exit code 4 would say that nothing changed.
func TestLockLeftAside(t *testing.T) {
	err := unlockFailure(&lockcore.Error{Err: fmt.Errorf("%w: %v", lockcore.ErrAside, os.ErrPermission), Path: "/store/.locked.unlock-1.tmp"}, words.Commands{}, time.Now())
	var said bytes.Buffer
	if code := explain(&said, Root(), err); code != exitError || !strings.Contains(said.String(), "/store/.locked.unlock-1.tmp") {
		t.Errorf("%d, %q", code, said.String())
	}
	if strings.Contains(said.String(), "nothing was removed") {
		t.Errorf("%q", said.String())
	}
}

func TestAccepted(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, "Yes\r\n": true, " Y ": true, "": false, "\n": false, "n\n": false,
		"yess\n": false, "yes please\n": false} {
		if accepted(answer) != want {
			t.Errorf("accepted(%q) = %v", answer, !want)
		}
	}
}
