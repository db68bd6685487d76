package fsx

import (
	"context"
	"sync"
	"time"
)

// InTime calls question and returns its answer, or the context's error if that takes longer than most or ctx ends first. slot must
// have room for one element: while a question is stuck, no other question is asked with that slot.
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

// silent holds the subjects of questions that were not answered in time and are still open.
var silent sync.Map

// InTimeOf calls question, which is about a subject: a path, or a name that cannot be a path. It returns false if the answer takes
// longer than most or ctx ends first. It returns false at once if an earlier question about the subject was not answered in time and is
// still open: several parts of a program ask about a store before they read it, and a dead mount answers none of them.
func InTimeOf[T any](ctx context.Context, subject string, most time.Duration, question func() T) (answer T, ok bool) {
	if _, stuck := silent.Load(subject); stuck {
		return answer, false
	}
	slot := make(chan struct{}, 1)
	answer, err := InTime(ctx, slot, most, question)
	if err == nil {
		return answer, true
	}
	silent.Store(subject, true)
	go func() {
		slot <- struct{}{} // InTime frees it when the question ends
		silent.Delete(subject)
	}()
	return answer, false
}
