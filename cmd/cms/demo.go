package main

import (
	"context"
	"io"
)

func (a *App) demo(ctx context.Context, out io.Writer) error { return a.demoPeople(ctx, out) }
