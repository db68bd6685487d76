package fsx

import (
	"io/fs"
	"testing"
)

// TestTypeOf checks typeOf and isAway. 0x501620 and 0x80420 are attributes of real OneDrive files, in the cloud and always kept.
func TestTypeOf(t *testing.T) {
	t.Parallel()
	const (
		plain, directory = 0x20, 0x10
		away             = attributeReparse | attributeOffline | attributeRecallOnRead
	)
	for _, test := range []struct {
		name            string
		attributes, tag uint32
		want            fs.FileMode
		away            bool
	}{
		{"a file", plain, 0, 0, false},
		{"a directory", directory, 0, fs.ModeDir, false},
		{"OneDrive, always kept", 0x80420, 0x9000601A, 0, false},
		{"OneDrive, in the cloud", 0x501620, 0x9000601A, 0, true},
		{"OneDrive, only opening fetches", plain | attributeReparse | attributeRecallOnOpen, 0x9000001A, 0, true},
		{"OneDrive, marked only as offline", plain | attributeReparse | attributeOffline, 0x9000F01A, 0, true},
		{"OneDrive, a directory", directory | attributeReparse, 0x9000701A, fs.ModeDir, false},
		{"OneDrive, disguised", plain | attributeRecallOnRead, 0, 0, true},
		{"OneDrive of Windows 8.1", plain | attributeReparse, 0x80000015, 0, false},
		{"deduplicated", plain | attributeReparse, 0x80000013, 0, false},
		{"compressed (WOF)", plain | attributeReparse, 0x80000017, 0, false},
		{"moved to tape (HSM)", plain | away, 0xC0000004, 0, true},
		{"moved to tape, seen over SMB", plain | attributeOffline, 0, 0, true},
		{"extended attributes, as WSL's files have", plain | attributeRecallOnOpen, 0, 0, false},
		{"a symbolic link", plain | attributeReparse, tagSymlink, fs.ModeSymlink, false},
		{"a symbolic link to a directory", directory | attributeReparse, tagSymlink, fs.ModeSymlink, false},
		{"a junction", directory | attributeReparse, tagMountPoint, fs.ModeSymlink, false},
		{"a link of WSL", plain | attributeReparse, 0xA000001D, fs.ModeIrregular, false},
		{"a pipe of WSL", plain | attributeReparse, 0x80000024, fs.ModeIrregular, false},
		{"a socket", plain | attributeReparse, tagUnixSocket, fs.ModeSocket, false},
	} {
		if got := typeOf(test.attributes, test.tag); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if got := isAway(test.attributes); got != test.away {
			t.Errorf("%s: away %v, want %v", test.name, got, test.away)
		}
	}
}
