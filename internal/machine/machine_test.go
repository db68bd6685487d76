package machine

import "testing"

func TestID(t *testing.T) {
	t.Setenv(Variable, "")
	system := ID()
	if !Valid(system) || ID() != system {
		t.Errorf("the system's id is %q, then %q", system, ID())
	}
	for _, test := range []struct{ set, want string }{
		{"0123456789abcdef", "0123456789abcdef"},
		{" ", system},
		{"mac-a", hash("mac-a")},
		{"../../etc", hash("../../etc")},
		{"0123456789ABCDEF", hash("0123456789ABCDEF")},
	} {
		t.Setenv(Variable, test.set)
		if got := ID(); got != test.want || !Valid(got) {
			t.Errorf("%q: %q, want %q", test.set, got, test.want)
		}
	}
}

func TestHashIsStable(t *testing.T) {
	// printf lockbar0123456789abcdef0123456789abcdef | sha256sum
	if got, want := hash("0123456789abcdef0123456789abcdef"), "1762525801eac49e"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestValid(t *testing.T) {
	for id, want := range map[string]bool{"0123456789abcdef": true, "": false, "0123456789abcde": false, "0123456789abcdefa": false, "0123456789abcdeg": false} {
		if Valid(id) != want {
			t.Errorf("Valid(%q) is not %v", id, want)
		}
	}
}
