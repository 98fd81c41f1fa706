package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"galley/settings"
)

// Config is everything that is decided before the start.
type Config struct {
	Addr            string
	Database        string
	PublicURL       *url.URL // nil where none is given
	AllowOrigins    []string
	TrustedProxies  []netip.Prefix
	Websockets      *settings.Pin // nil: the settings page decides
	Static          string        // "" serves what is compiled in
	ContentTypes    string        // folder; "" for just those that ship
	Demo            bool
	LogLevel        slog.Level
	SessionIdle     time.Duration
	SessionAbsolute time.Duration
	KeepEvents      time.Duration
	MetricsAddr     string // "" is no listener of their own
	MetricsToken    string // "" does not serve them on the main one
}

// Bounds that keep the promises of the log and of the sessions.
const (
	leastKeepEvents = 24 * time.Hour // whoever was away for a day catches up without reloading
	leastSession    = time.Minute
	leastToken      = 16 // characters: nobody shall guess it
)

const envPrefix = "GALLEY_"

// option is one thing that can be configured: addr in the file, GALLEY_ADDR in the environment, --addr as a flag. A secret is
// no flag: everybody on the machine sees those.
type option struct {
	key  string
	def  any // string, bool, []string or secret
	help string
}

type secret string

var options = []option{
	{"addr", "127.0.0.1:8080", "address and port to listen on; port 0 takes a free one"},
	{"database", "galley.db", "SQLite file, made when absent"},
	{"public_url", "", "address that people type, such as https://galley.example.org; other host names are refused then"},
	{"allow_origin", []string{}, "further origins whose pages may call the API, such as https://www.example.org"},
	{"trusted_proxies", []string{}, "addresses or networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8"},
	{"websockets", "admin", "admin lets the settings page decide, on or off pins it"},
	{"content_types", "", "folder with further content types, a JSON file each; one with the name of a type that ships replaces it"},
	{"static", "", "serve the browser files from this folder while developing"},
	{"demo", false, "fill an empty database with a newsroom to try things out"},
	{"log_level", "info", "debug, info, warn or error"},
	{"session_idle", "168h", "a session ends after this long without use"},
	{"session_absolute", "720h", "a session ends this long after signing in"},
	{"keep_events", "168h", "how long a browser may be away and still catch up without reloading"},
	{"metrics_addr", "", "address and port to serve /metrics on, for everybody who reaches it"},
	{"metrics_token", secret(""), "serves /metrics beside the rest, to whoever sends this as a bearer token"},
}

func isOption(key string) bool {
	return slices.ContainsFunc(options, func(o option) bool { return o.key == key })
}

// addFlags gives the flag set one flag for each option. Defaults stand in the help only: a flag counts when it was set.
func addFlags(flags *pflag.FlagSet) {
	flags.String("config", "", "TOML file with these options, dashes written as _")
	for _, o := range options {
		name := strings.ReplaceAll(o.key, "_", "-")
		switch def := o.def.(type) {
		case string:
			flags.String(name, def, o.help)
		case bool:
			flags.Bool(name, def, o.help)
		case []string:
			flags.StringSlice(name, def, o.help)
		}
	}
}

// loadConfig reads defaults, then the file, the environment and the flags, later ones winning. All that is wrong is
// reported in one error, each with its place and what would be right.
func loadConfig(flags *pflag.FlagSet, environ []string) (Config, error) {
	r := &reader{k: koanf.New("."), from: map[string]string{}}
	for _, o := range options {
		def := o.def
		if hidden, ok := def.(secret); ok {
			def = string(hidden)
		}
		if err := r.k.Set(o.key, def); err != nil {
			return Config{}, err
		}
	}
	if path := configFile(flags, environ); path != "" {
		if _, err := os.Stat(path); err != nil {
			r.wrong = append(r.wrong, fmt.Errorf("the configuration file %s cannot be read: %w", path, err))
		} else {
			r.load(path, file.Provider(path), toml.Parser())
		}
	}
	r.load("environment", env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			key := strings.ToLower(strings.TrimPrefix(name, envPrefix))
			if key == "config" {
				return "", nil
			}
			return key, value
		},
	}), nil)
	r.load("flags", posflag.ProviderWithFlag(flags, ".", nil, func(f *pflag.Flag) (string, any) {
		key := strings.ReplaceAll(f.Name, "-", "_")
		if !f.Changed || !isOption(key) { // a command has flags of its own beside these
			return "", nil
		}
		return key, posflag.FlagVal(flags, f)
	}), nil)
	c := r.config()
	return c, errors.Join(r.wrong...)
}

func configFile(flags *pflag.FlagSet, environ []string) string {
	if f := flags.Lookup("config"); f != nil && f.Changed {
		return f.Value.String()
	}
	for _, pair := range environ {
		if path, ok := strings.CutPrefix(pair, envPrefix+"CONFIG="); ok {
			return path
		}
	}
	return ""
}

// reader collects the values with where each came from, and what is wrong with them.
type reader struct {
	k     *koanf.Koanf
	from  map[string]string
	wrong []error
}

// load takes the keys of one source over. place is the file's path, "environment", "flags", or "" for the defaults.
func (r *reader) load(place string, p koanf.Provider, parser koanf.Parser) {
	one := koanf.New(".")
	if err := one.Load(p, parser); err != nil {
		r.wrong = append(r.wrong, fmt.Errorf("%s: %w", place, err))
		return
	}
	for _, key := range one.Keys() {
		if !isOption(key) {
			r.wrong = append(r.wrong, fmt.Errorf("%s: there is no such option; cms serve --help lists them", spelled(place, key)))
			continue
		}
		if err := r.k.Set(key, one.Get(key)); err != nil {
			r.wrong = append(r.wrong, err)
		}
		r.from[key] = place
	}
}

// spelled is the option as the person wrote it at that place.
func spelled(place, key string) string {
	switch place {
	case "environment":
		return envPrefix + strings.ToUpper(key)
	case "flags", "":
		return "--" + strings.ReplaceAll(key, "_", "-")
	}
	return key + " in " + place
}
