package fsx

import (
	"context"
	"sync"
	"time"
)

// InTime asks a question that the system may not answer within most, or before ctx ends; the error is that of the context then. slot
// holds one: while a question is stuck, no other one is asked of it.
func InTime[T any](ctx context.Context, slot chan struct{}, most time.Duration, question func() T) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case slot <- struct{}{}:
	case <-ctx.Done():
		return answer, ctx.Err()
	}
	answers := make(chan T, 1)
	go func() {
		a := question()
		<-slot
		answers <- a
	}()
	select {
	case a := <-answers:
		return a, nil
	case <-ctx.Done():
		return answer, ctx.Err()
	}
}

// silent has the directories of which a question is still open beyond its time.
var silent sync.Map

// InTimeOf is InTime for a question about a directory. While one is open beyond its time, no other one is asked of that directory, and
// none waits: several parts of a program ask of a store before they read it, and a dead mount answers none.
func InTimeOf[T any](dir string, most time.Duration, question func() T) (answer T, ok bool) {
	if _, is := silent.Load(dir); is {
		return answer, false
	}
	answers := make(chan T, 1)
	go func() { answers <- question() }()
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case a := <-answers:
		return a, true
	case <-late.C:
	}
	silent.Store(dir, true)
	go func() {
		<-answers
		silent.Delete(dir)
	}()
	return answer, false
}
