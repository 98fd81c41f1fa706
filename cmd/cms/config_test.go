package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// configOf loads what a start with these flags and this environment would.
func configOf(t *testing.T, flags, environ []string) (Config, error) {
	t.Helper()
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	addFlags(set)
	if err := set.Parse(flags); err != nil {
		t.Fatal(err)
	}
	return loadConfig(set, environ)
}

func configFileWith(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "galley.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsWork(t *testing.T) {
	c, err := configOf(t, nil, []string{"HOME=/root", "PATH=/bin"})
	if err != nil || c.Addr != "127.0.0.1:8080" || c.Database != "galley.db" || c.PublicURL != nil || c.Websockets != nil || c.Demo ||
		c.LogLevel != slog.LevelInfo || c.SessionIdle != 7*24*time.Hour || c.SessionAbsolute != 30*24*time.Hour || c.KeepEvents != 7*24*time.Hour {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestLaterPlacesWin(t *testing.T) {
	path := configFileWith(t, "addr = \"127.0.0.1:1\"\ndatabase = \"file.db\"\nlog_level = \"warn\"\ndemo = true\nmetrics_token = \"a token of some length\"\nallow_origin = [\"https://File.example\"]\n")
	environ := []string{"GALLEY_CONFIG=" + path, "GALLEY_DATABASE=environment.db", "GALLEY_LOG_LEVEL=debug", "GALLEY_METRICS_ADDR=127.0.0.1:9", "GALLEY_TRUSTED_PROXIES=10.1.2.3/8, 192.0.2.1,2001:db8::/32", "GALLEY_PUBLIC_URL=https://Galley.example/"}
	c, err := configOf(t, []string{"--log-level", "error", "--allow-origin", "http://a.example,http://b.example:8080"}, environ)
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:1" || c.Database != "environment.db" || c.LogLevel != slog.LevelError || !c.Demo {
		t.Errorf("got %+v", c)
	}
	if c.MetricsToken != "a token of some length" || c.MetricsAddr != "127.0.0.1:9" {
		t.Errorf("metrics: got %q, %q", c.MetricsAddr, c.MetricsToken)
	}
	if got := strings.Join(c.AllowOrigins, " "); got != "http://a.example http://b.example:8080" {
		t.Errorf("origins: got %q", got)
	}
	if len(c.TrustedProxies) != 3 || c.TrustedProxies[0].String() != "10.0.0.0/8" || c.TrustedProxies[1].String() != "192.0.2.1/32" || c.TrustedProxies[2].String() != "2001:db8::/32" {
		t.Errorf("proxies: got %v", c.TrustedProxies)
	}
	if c.PublicURL.String() != "https://galley.example" {
		t.Errorf("public URL: got %v", c.PublicURL)
	}
	if c, err = configOf(t, []string{"--config", path}, nil); err != nil || len(c.AllowOrigins) != 1 || c.AllowOrigins[0] != "https://file.example" {
		t.Errorf("from the file by flag: got %v, %v", c.AllowOrigins, err)
	}
	if c, err = configOf(t, []string{"--demo=false"}, []string{"GALLEY_CONFIG=" + path}); err != nil || c.Demo {
		t.Errorf("a flag that takes back: got %v, %v", c.Demo, err)
	}
}

func TestPinsSayByWhat(t *testing.T) {
	path := configFileWith(t, `websockets = "off"`)
	for _, row := range []struct {
		flags, environ []string
		on             bool
		by             string
	}{
		{[]string{"--websockets", "off"}, nil, false, "the flag --websockets off"},
		{nil, []string{"GALLEY_WEBSOCKETS=on"}, true, "the environment variable GALLEY_WEBSOCKETS=on"},
		{[]string{"--config", path}, nil, false, `websockets = "off" in the configuration file ` + path},
		{[]string{"--websockets", "on"}, []string{"GALLEY_WEBSOCKETS=off"}, true, "the flag --websockets on"},
	} {
		c, err := configOf(t, row.flags, row.environ)
		if err != nil || c.Websockets == nil || c.Websockets.On != row.on || c.Websockets.By != row.by {
			t.Errorf("%v %v: got %+v, %v", row.flags, row.environ, c.Websockets, err)
		}
	}
	if c, err := configOf(t, []string{"--websockets", "admin"}, []string{"GALLEY_WEBSOCKETS=off"}); err != nil || c.Websockets != nil {
		t.Errorf("left to the admins: got %+v, %v", c.Websockets, err)
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	path := configFileWith(t, "adr = \"x\"\ndatabase = 5\ndemo = \"perhaps\"\n[server]\nport = 1\n")
	_, err := configOf(t, []string{"--config", path, "--websockets", "maybe", "--addr", "8080", "--keep-events", "1h", "--static", "/nowhere/at/all", "--metrics-addr", "9090", "--content-types", "/nowhere/types"},
		[]string{"GALLEY_ADDRESS=x", "GALLEY_PUBLIC_URL=galley.example", "GALLEY_SESSION_IDLE=a week", "GALLEY_ALLOW_ORIGIN=https://ok.example,https://x.example/path", "GALLEY_TRUSTED_PROXIES=proxy.example", "GALLEY_LOG_LEVEL=loud", "GALLEY_METRICS_TOKEN=guess me"})
	if err == nil {
		t.Fatal("nothing is wrong with that?")
	}
	got := err.Error()
	for _, want := range []string{
		"adr in " + path + ": there is no such option",
		"server.port in " + path + ": there is no such option",
		"GALLEY_ADDRESS: there is no such option",
		"database in " + path + ": write it as text",
		"demo in " + path + ": perhaps is neither true nor false",
		`--websockets: "maybe" is none of admin, on, off`,
		`--addr: "8080" is no address with a port, such as 127.0.0.1:8080`,
		"--keep-events: 1h is too short: at least 24h0m0s",
		"--static: there is no folder /nowhere/at/all",
		"--content-types: there is no folder /nowhere/types",
		`GALLEY_PUBLIC_URL: "galley.example" is no address of a site`,
		`GALLEY_SESSION_IDLE: "a week" is no length of time`,
		`GALLEY_ALLOW_ORIGIN: "https://x.example/path" is no origin`,
		`GALLEY_TRUSTED_PROXIES: "proxy.example" is no address or network`,
		`GALLEY_LOG_LEVEL: "loud" is none of debug, info, warn, error`,
		`--metrics-addr: "9090" is no address with a port, such as 127.0.0.1:8080`,
		"GALLEY_METRICS_TOKEN: at least 16 characters",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestBrokenConfigurationFile(t *testing.T) {
	for _, flags := range [][]string{{"--config", configFileWith(t, "addr = ")}, {"--config", "/nowhere/galley.toml"}} {
		if _, err := configOf(t, flags, nil); err == nil || !strings.Contains(err.Error(), flags[1]) {
			t.Errorf("%v: got %v", flags, err)
		}
	}
}
