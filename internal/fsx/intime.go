package fsx

import "time"

// InTime asks a question that the system may not answer within most. slot holds one: while a question is stuck, no other one is
// asked of it.
func InTime[T any](slot chan struct{}, most time.Duration, question func() T) (answer T, ok bool) {
	deadline := time.After(most)
	select {
	case slot <- struct{}{}:
	case <-deadline:
		return answer, false
	}
	answers := make(chan T, 1)
	go func() {
		a := question()
		<-slot
		answers <- a
	}()
	select {
	case a := <-answers:
		return a, true
	case <-deadline:
		return answer, false
	}
}
