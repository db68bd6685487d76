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

// silent has the subjects of which a question is still open beyond its time.
var silent sync.Map

// InTimeOf is InTime for a question about a subject, which is a path or has a name that no path has. While one is open beyond its time, no
// other one is asked about that subject, and none waits: several parts of a program ask about a store before they read it, and a dead mount
// answers none.
func InTimeOf[T any](ctx context.Context, subject string, most time.Duration, question func() T) (answer T, ok bool) {
	if _, is := silent.Load(subject); is {
		return answer, false
	}
	answers := make(chan T, 1)
	go func() { answers <- question() }()
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case a := <-answers:
		return a, true
	case <-ctx.Done():
	}
	silent.Store(subject, true)
	go func() {
		<-answers
		silent.Delete(subject)
	}()
	return answer, false
}
