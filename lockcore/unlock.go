package lockcore

import "context"

func (s *Store) ForceUnlock(ctx context.Context, token Token, force bool) (Change, error) { panic("being written") }
func (s *Store) Restore(ctx context.Context) (Change, error)                              { panic("being written") }
func (s *Store) SetAsideCopies(ctx context.Context) ([]Change, error)                     { panic("being written") }

type Lock struct {
	Record   Record
	Replaced Change
}

func (s *Store) Acquire(ctx context.Context) (*Lock, error) { panic("being written") }
func (l *Lock) Release(ctx context.Context) error           { panic("being written") }
