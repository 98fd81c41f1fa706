package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the edit UI and the API",
		Long: "Serve the edit UI and the API. Each flag can be given as an environment variable, such as GALLEY_ADDR for --addr, or in the file of --config, " +
			"such as addr = \"…\". A secret is no flag: GALLEY_METRICS_TOKEN, or metrics_token in the file, serves /metrics to whoever sends it as a bearer token.",
		Args: cobra.NoArgs,
	}
	addFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := loadConfig(cmd.Flags(), os.Environ())
		if err != nil {
			return fmt.Errorf("galley does not start, because of its configuration:\n%w", err)
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		go func() { // a second signal ends the process at once
			<-ctx.Done()
			stop()
		}()
		log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: c.LogLevel}))
		return serve(ctx, c, log, cmd.OutOrStdout())
	}
	return cmd
}

// serve runs Galley until ctx ends. out is told where it listens and, with the demo, who may sign in.
func serve(ctx context.Context, c Config, log *slog.Logger, out io.Writer) (err error) {
	a, err := NewApp(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if c.Demo {
		if err := a.demo(ctx, out); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	if err := a.offerSetup(ctx); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("galley cannot listen on %s; choose another address with --addr: %w", c.Addr, err)
	}
	if _, err := fmt.Fprintf(out, "Galley listens on %s\n", address(listener.Addr())); err != nil {
		return errors.Join(err, listener.Close())
	}
	return a.Run(ctx, listener)
}

// address is what to type into a browser on this machine.
func address(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return a.String()
	}
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}
