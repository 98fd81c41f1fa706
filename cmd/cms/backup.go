package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/events"
	"galley/store"
	"galley/users"
)

func migrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to the schema of this Galley",
		Long:  "Bring the database to the schema of this Galley, as serve does when it starts. There is no way back but a backup: make one before.",
		Args:  cobra.NoArgs,
	}
	addFlags(cmd.Flags())
	check := cmd.Flags().Bool("check", false, "change nothing; fail where something is to be done")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := loadConfig(cmd.Flags(), os.Environ())
		if err != nil {
			return err
		}
		if *check {
			return checkMigrated(cmd, c.Database)
		}
		log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
		db, err := openDatabase(cmd.Context(), c.Database, store.Options{Logger: log}, log)
		if err != nil {
			return plain(err)
		}
		schema, err := db.Schema(cmd.Context())
		if err = errors.Join(err, db.Close()); err != nil {
			return plain(err)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "The schema of %s is %d, as this Galley needs it.\n", c.Database, schema)
		return err
	}
	return cmd
}

// checkMigrated fails unless the database has just the schema of this binary.
func checkMigrated(cmd *cobra.Command, database string) (err error) {
	if _, err := os.Stat(database); err != nil {
		return fmt.Errorf("there is no database %s", database)
	}
	db, err := store.OpenSQLite(database, store.Options{})
	if err != nil {
		return plain(err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	schema, err := db.Schema(cmd.Context())
	if err != nil {
		return plain(err)
	}
	pending, err := db.Pending(cmd.Context())
	if err != nil {
		return plain(err)
	}
	switch {
	case schema > store.Newest():
		return fmt.Errorf("%s has schema %d, this Galley knows up to %d: it belongs to a newer one", database, schema, store.Newest())
	case len(pending) > 0:
		return fmt.Errorf("%s has schema %d, this Galley needs %d; pending: %s", database, schema, store.Newest(), strings.Join(pending, ", "))
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "The schema of %s is %d, as this Galley needs it.\n", database, schema)
	return err
}

func backupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database into a new file, also while Galley serves",
		Long:  "Copy the database into a new file, also while Galley serves. The copy is whole, checked and on the disk when this succeeds. It holds what the database holds, hashes of passwords too: keep it as safe.",
		Args:  cobra.ExactArgs(1),
	}
	addFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := loadConfig(cmd.Flags(), os.Environ())
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM) // so that a half one is taken away
		defer stop()
		schema, err := store.Backup(ctx, c.Database, args[0])
		if err != nil {
			return plain(err)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Backed up to %s, schema %d.\n", args[0], schema)
		return err
	}
	return cmd
}

func restoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the database",
		Long: "Put a backup in the place of the database. Stop Galley first. The database of before is kept beside it under another name. " +
			"People, their roles and passwords, and who is disabled, are then as in the backup; sessions that have ended since stay ended.",
		Args: cobra.ExactArgs(1),
	}
	addFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := loadConfig(cmd.Flags(), os.Environ())
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		r, err := restore(ctx, args[0], c.Database)
		if err != nil {
			return plain(err)
		}
		if r.Aside != "" {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "The database of before is kept as %s.\n", r.Aside); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Restored %s from %s, schema %d.\n", c.Database, args[0], r.Schema)
		return err
	}
	return cmd
}

// restore puts the backup in the place of the database, as another incarnation of it: every browser reloads.
func restore(ctx context.Context, backup, database string) (store.Restored, error) {
	return store.Restore(ctx, backup, database, store.Options{}, func(fresh, old *store.DB) error {
		standing := map[string]bool{} // where the old database tells nothing, everybody signs in again
		if old != nil {
			err := old.Read(ctx, func(tx *gorm.DB) (err error) {
				standing, err = users.Standing(tx)
				return err
			})
			if err != nil {
				return err
			}
		}
		return fresh.Write(ctx, func(tx *gorm.DB) error {
			if err := events.NewEpoch(tx); err != nil {
				return err
			}
			if err := users.EndUnless(tx, standing); err != nil {
				return err
			}
			return audit.Add(tx, access.System, audit.Restored, "database", audit.Detail{Name: filepath.Base(backup)})
		})
	})
}
