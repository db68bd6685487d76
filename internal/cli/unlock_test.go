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

// TestSomeCopies checks that the error reports the moved copies, instead of "nothing was removed".
func TestSomeCopies(t *testing.T) {
	for done, want := range map[int]struct {
		code    int
		message string
	}{
		0: {exitFailed, "nothing was removed"},
		1: {exitError, "1 copy was set aside; the others stay: "},
		2: {exitError, "2 copies were set aside; the others stay: "},
	} {
		var output bytes.Buffer
		err := copiesFailure(done, errors.New("set aside .locked 9: no space"), words.Commands{}, time.Now())
		if code := explain(&output, Root(), err); code != want.code || !strings.Contains(output.String(), want.message) || !strings.Contains(output.String(), ".locked 9") {
			t.Errorf("%d moved: %d, %q", done, code, output.String())
		}
	}
}

// TestLockLeftAside checks that the exit code is not 4, which would mean that nothing changed.
func TestLockLeftAside(t *testing.T) {
	err := unlockFailure(&lockcore.Error{Err: fmt.Errorf("%w: %v", lockcore.ErrAside, os.ErrPermission), Path: "/store/.locked.unlock-1.tmp"}, words.Commands{}, time.Now())
	var output bytes.Buffer
	if code := explain(&output, Root(), err); code != exitError || !strings.Contains(output.String(), "/store/.locked.unlock-1.tmp") {
		t.Errorf("%d, %q", code, output.String())
	}
	if strings.Contains(output.String(), "nothing was removed") {
		t.Errorf("%q", output.String())
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
