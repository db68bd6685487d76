package fsx

import (
	"io/fs"
	"slices"
)

// This file interprets how Windows describes a file. It is built on every system, so that its tests run on every system.

// File attributes of winnt.h.
const (
	attributeDirectory    = 0x10
	attributeReparse      = 0x400
	attributeOffline      = 0x1000
	attributeRecallOnOpen = 0x40000
	attributeRecallOnRead = 0x400000 // FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS
)

// Tags of reparse points, from winnt.h and [MS-FSCC] 2.1.2.1. The surrogate bit marks a reparse point that stands for another
// file, such as a link. The tags of OneDrive and other users of the cloud files API are 0x9000001A to 0x9000F01A.
const (
	tagSurrogate  = 0x20000000
	tagMountPoint = 0xA0000003 // a junction or a mounted folder
	tagSymlink    = 0xA000000C
	tagUnixSocket = 0x80000023
)

// tagsWithoutData lists tags that are not surrogates and yet mark no readable file: NFS and WSL use most of them for pipes, devices and
// links.
var tagsWithoutData = []uint32{
	0x80000014, // IO_REPARSE_TAG_NFS
	0x8000001B, // IO_REPARSE_TAG_APPEXECLINK
	0x80000020, // IO_REPARSE_TAG_UNHANDLED
	0x80000024, // IO_REPARSE_TAG_LX_FIFO
	0x80000025, // IO_REPARSE_TAG_LX_CHR
	0x80000026, // IO_REPARSE_TAG_LX_BLK
}

// typeOf returns the type of a file on disk. A reparse point that holds data, such as OneDrive's placeholder or a deduplicated or
// compressed file, has the type that it would have without its tag. A junction or mounted folder is a link: it leads to a directory
// elsewhere.
func typeOf(attributes, tag uint32) fs.FileMode {
	switch {
	case attributes&attributeReparse == 0:
	case tag == tagSymlink, tag == tagMountPoint:
		return fs.ModeSymlink
	case tag == tagUnixSocket:
		return fs.ModeSocket
	case tag&tagSurrogate != 0, slices.Contains(tagsWithoutData, tag):
		return fs.ModeIrregular
	}
	if attributes&attributeDirectory != 0 {
		return fs.ModeDir
	}
	return 0
}

// isAway reports whether reading the content would fetch it from elsewhere: from the cloud, or from a storage manager's archive.
// For an open file without a tag, the bit of FILE_ATTRIBUTE_RECALL_ON_OPEN means FILE_ATTRIBUTE_EA, which WSL's files have.
func isAway(attributes uint32) bool {
	return attributes&(attributeOffline|attributeRecallOnRead) != 0 ||
		attributes&attributeRecallOnOpen != 0 && attributes&attributeReparse != 0
}
