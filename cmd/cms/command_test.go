package main

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stopBinary asks the program to stop, as a supervisor does, and wants it to be gone in time and in peace.
func stopBinary(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	began := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it stopped with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Errorf("it still runs %v after SIGTERM", time.Since(began))
	}
}

// command runs a command of the program in this process.
func command(t *testing.T, stdin string, args ...string) (out string, err error) {
	t.Helper()
	cmd := rootCommand()
	var b strings.Builder
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&b)
	cmd.SetErr(t.Output())
	err = cmd.ExecuteContext(t.Context())
	return b.String(), err
}

func TestUserCommands(t *testing.T) {
	database := filepath.Join(t.TempDir(), "galley.db")
	add := func(stdin string, args ...string) (string, error) {
		return command(t, stdin, append([]string{"user", "add", "--database", database}, args...)...)
	}
	t.Run("with a password of one's own", func(t *testing.T) {
		out, err := add("harbour-lantern-7\n", "--email", "maren@merrow.example", "--name", "Maren Oduya", "--role", "admin", "--password-stdin")
		if err != nil || out != "admin  maren@merrow.example\n" {
			t.Errorf("got %q, %v", out, err)
		}
	})
	made := ""
	t.Run("with one that is made", func(t *testing.T) {
		out, err := add("", "--email", "anna@merrow.example", "--name", "Anna Vale")
		fields := strings.Split(strings.TrimSpace(out), "  ")
		if err != nil || len(fields) != 3 || fields[0] != "editor" || fields[1] != "anna@merrow.example" || len(fields[2]) < 20 {
			t.Fatalf("got %q, %v", out, err)
		}
		made = fields[2]
	})
	t.Run("mistakes are told together", func(t *testing.T) {
		_, err := add("short\n", "--email", "maren", "--role", "boss", "--password-stdin")
		for _, want := range []string{"email: ", "name: ", "role: ", "password: "} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q is missing in %v", want, err)
			}
		}
		if _, err := add("", "--email", "Anna@merrow.example", "--name", "Another Anna"); err == nil || !strings.Contains(err.Error(), "has this e-mail address already") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("are listed", func(t *testing.T) {
		out, err := command(t, "", "user", "list", "--database", database)
		if want := "admin  maren@merrow.example  maren  Maren Oduya\neditor  anna@merrow.example  anna  Anna Vale\n"; err != nil || out != want {
			t.Errorf("got %q, %v", out, err)
		}
	})
	t.Run("and can sign in", func(t *testing.T) {
		c := testConfig(t)
		c.Database = database
		r := run(t, c)
		signIn(t, r.url, "maren@merrow.example", "harbour-lantern-7")
		anna := signIn(t, r.url, "anna@merrow.example", made)
		if status, _ := anna.do(t, "GET", "/users", nil); status != http.StatusForbidden {
			t.Errorf("an editor lists people: %d", status)
		}
	})
}

func TestServeRefusesAWrongConfiguration(t *testing.T) {
	_, err := command(t, "", "serve", "--websockets", "maybe", "--addr", "nowhere")
	if err == nil || !strings.Contains(err.Error(), "--websockets") || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("got %v", err)
	}
	for _, flag := range []string{"--port", "--metrics-token"} { // the second is a secret
		if _, err := command(t, "", "serve", flag, "80"); err == nil || !strings.Contains(err.Error(), "unknown flag: "+flag) {
			t.Errorf("got %v", err)
		}
	}
}

func TestVersion(t *testing.T) {
	if out, err := command(t, "", "version"); err != nil || !strings.HasPrefix(out, "galley ") || !strings.Contains(out, "go1.") {
		t.Errorf("got %q, %v", out, err)
	}
}
