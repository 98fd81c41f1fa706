//go:build unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock does not wait. The system lets go of it when the process ends, however it ends.
func lock(f *os.File, alone bool) error {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errHeld
	}
	return err
}

// giveTo makes the file belong to whom the other one belongs: a restore by the administrator must not lock the server out.
func giveTo(file string, like fs.FileInfo) error {
	if err := os.Chmod(file, like.Mode().Perm()); err != nil {
		return err
	}
	if owner, ok := like.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		return os.Chown(file, int(owner.Uid), int(owner.Gid))
	}
	return nil
}
