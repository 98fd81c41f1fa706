package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"galley/access"
	"galley/store"
	"galley/users"
)

func userCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Let people in and out, and see who may sign in"}
	cmd.AddCommand(userAddCommand(), userListCommand(), userPasswordCommand(), userDisableCommand("disable", true), userDisableCommand("enable", false))
	return cmd
}

func userAddCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Let a person in",
		Long:  "Let a person in. Without --password-stdin a password is made and printed once.",
		Args:  cobra.NoArgs,
	}
	addFlags(cmd.Flags())
	email := cmd.Flags().String("email", "", "e-mail address to sign in with")
	name := cmd.Flags().String("name", "", "full name")
	role := cmd.Flags().String("role", "editor", "admin, editor or reviewer")
	fromStdin := cmd.Flags().Bool("password-stdin", false, "read the password from standard input, one line")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		password, made, err := passwordFor(cmd, *fromStdin)
		if err != nil {
			return err
		}
		r, _ := access.ParseRole(*role)
		return withUsers(cmd, func(ctx context.Context, s *users.Service) error {
			p, err := s.Add(ctx, access.System, users.NewPerson{Name: *name, Email: *email, Role: r, Password: password})
			if err != nil {
				return plain(err)
			}
			line := []any{p.Role, p.Email}
			if made {
				line = append(line, password)
			}
			return printRow(cmd.OutOrStdout(), line...)
		})
	}
	return cmd
}

// passwordFor reads the password from standard input, or makes one.
func passwordFor(cmd *cobra.Command, fromStdin bool) (password string, made bool, err error) {
	if !fromStdin {
		return rand.Text(), true, nil
	}
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", false, err
	}
	return strings.TrimRight(line, "\r\n"), false, nil
}

func userPasswordCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "password WHO",
		Short: "Set somebody's password and end their sessions",
		Long:  "Set somebody's password and end their sessions. WHO is an e-mail address or a handle. Without --password-stdin a password is made and printed once.",
		Args:  cobra.ExactArgs(1),
	}
	addFlags(cmd.Flags())
	fromStdin := cmd.Flags().Bool("password-stdin", false, "read the password from standard input, one line")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		password, made, err := passwordFor(cmd, *fromStdin)
		if err != nil {
			return err
		}
		return withUsers(cmd, func(ctx context.Context, s *users.Service) error {
			p, err := s.Find(ctx, access.System, args[0])
			if err == nil {
				p, err = s.GivePassword(ctx, access.System, p.ID, password)
			}
			if err != nil {
				return plain(err)
			}
			line := []any{p.Role, p.Email}
			if made {
				line = append(line, password)
			}
			return printRow(cmd.OutOrStdout(), line...)
		})
	}
	return cmd
}

// userDisableCommand is for both ways.
func userDisableCommand(name string, disabled bool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   name + " WHO",
		Short: map[bool]string{true: "Keep somebody out at once; what they made stays", false: "Let somebody sign in again"}[disabled],
		Long:  "WHO is an e-mail address or a handle.",
		Args:  cobra.ExactArgs(1),
	}
	addFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withUsers(cmd, func(ctx context.Context, s *users.Service) error {
			p, err := s.Find(ctx, access.System, args[0])
			if err == nil {
				p, err = s.Change(ctx, access.System, p.ID, p.Revision, users.Change{Disabled: &disabled})
			}
			if err != nil {
				return plain(err)
			}
			return printRow(cmd.OutOrStdout(), rowOf(p)...)
		})
	}
	return cmd
}

// rowOf is how a person is listed.
func rowOf(p users.Person) []any {
	row := []any{p.Role, p.Email, p.Handle, p.Name}
	if p.Disabled {
		row = append(row, "disabled")
	}
	return row
}

func userListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List people: role, e-mail, handle, name, and whether they are disabled", Args: cobra.NoArgs}
	addFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withUsers(cmd, func(ctx context.Context, s *users.Service) error {
			const page = 200
			for after := int64(0); ; {
				list, _, err := s.List(ctx, access.System, users.Filter{Limit: page, After: after})
				if err != nil {
					return plain(err)
				}
				for _, p := range list[:min(page, len(list))] {
					if err := printRow(cmd.OutOrStdout(), rowOf(p)...); err != nil {
						return err
					}
					after = p.ID
				}
				if len(list) <= page {
					return nil
				}
			}
		})
	}
	return cmd
}

// printRow prints values two blanks apart, as the sign-ins of the demo are.
func printRow(out io.Writer, values ...any) error {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	_, err := fmt.Fprintln(out, strings.Join(texts, "  "))
	return err
}

// withUsers opens the configured database beside a running server: SQLite takes turns between the two.
func withUsers(cmd *cobra.Command, fn func(ctx context.Context, s *users.Service) error) (err error) {
	c, err := loadConfig(cmd.Flags(), os.Environ())
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	db, err := openDatabase(ctx, c.Database, store.Options{Logger: log}, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return fn(ctx, users.New(db, users.Options{}))
}

func openDatabase(ctx context.Context, file string, o store.Options, log *slog.Logger) (*store.DB, error) {
	db, err := store.OpenSQLite(file, o)
	if err != nil {
		return nil, err
	}
	applied, err := db.Migrate(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if applied > 0 {
		log.Info("database migrated", "file", file, "migrations", applied)
	}
	return db, nil
}
