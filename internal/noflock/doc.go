// Package noflock runs programs as on a file system that has no locks, for tests.
package noflock
