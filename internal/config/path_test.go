package config

import "testing"

func TestTildeWithoutAHome(t *testing.T) {
	if _, err := expand([]string{"~/x"}, ""); err == nil {
		t.Error("~ without a home was expanded")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"stores":["~/a"],"notify":{"away":false},"paused_until":null,"x":[{}]}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse(data)
		if err != nil {
			return
		}
		merged, err := merge(data, c)
		if err != nil {
			t.Fatalf("%q was read and cannot be written: %v", data, err)
		}
		again, err := parse(merged)
		if err != nil || again.Notify != c.Notify || len(again.Stores) != len(c.Stores) || len(again.Unknown) != len(c.Unknown) {
			t.Errorf("%q: %+v became %+v (%v)", data, c, again, err)
		}
	})
}
