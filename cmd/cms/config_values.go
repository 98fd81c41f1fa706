package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"galley/settings"
)

func (r *reader) bad(key, format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Errorf("%s: %s", spelled(r.from[key], key), fmt.Sprintf(format, args...)))
}

func (r *reader) config() Config {
	c := Config{
		Addr:            r.addr("addr"),
		Database:        r.text("database"),
		PublicURL:       r.publicURL("public_url"),
		AllowOrigins:    r.origins("allow_origin"),
		TrustedProxies:  r.networks("trusted_proxies"),
		Websockets:      r.websockets("websockets"),
		Static:          r.folder("static"),
		ContentTypes:    r.folder("content_types"),
		Demo:            r.bool("demo"),
		LogLevel:        r.level("log_level"),
		SessionIdle:     r.duration("session_idle", leastSession),
		SessionAbsolute: r.duration("session_absolute", leastSession),
		KeepEvents:      r.duration("keep_events", leastKeepEvents),
		MetricsAddr:     r.text("metrics_addr"),
		MetricsToken:    r.text("metrics_token"),
	}
	if c.MetricsAddr != "" {
		r.addr("metrics_addr")
	}
	if c.MetricsToken != "" && len(c.MetricsToken) < leastToken {
		r.bad("metrics_token", "at least %d characters, so that nobody guesses it", leastToken)
	}
	if c.Database == "" {
		r.bad("database", "name a file, such as galley.db")
	}
	return c
}

func (r *reader) text(key string) string {
	v, ok := r.k.Get(key).(string)
	if !ok {
		r.bad(key, "write it as text in quotes")
	}
	return strings.TrimSpace(v)
}

func (r *reader) list(key string) []string {
	var list []string
	switch v := r.k.Get(key).(type) {
	case string:
		list = strings.Split(v, ",")
	case []string:
		list = v
	case []any:
		for _, one := range v {
			list = append(list, fmt.Sprint(one))
		}
	default:
		r.bad(key, "write a list of texts")
	}
	var out []string
	for _, one := range list {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

func (r *reader) bool(key string) bool {
	switch v := r.k.Get(key).(type) {
	case bool:
		return v
	case string:
		if b, err := strconv.ParseBool(v); err == nil {
			return b
		}
	}
	r.bad(key, "%v is neither true nor false", r.k.Get(key))
	return false
}

func (r *reader) duration(key string, least time.Duration) time.Duration {
	v := r.text(key)
	d, err := time.ParseDuration(v)
	if err != nil {
		r.bad(key, "%q is no length of time, such as 168h or 90m", v)
	} else if d < least {
		r.bad(key, "%s is too short: at least %s", v, least)
	}
	return d
}

func (r *reader) addr(key string) string {
	v := r.text(key)
	_, port, err := net.SplitHostPort(v)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		r.bad(key, "%q is no address with a port, such as 127.0.0.1:8080", v)
	}
	return v
}

func (r *reader) publicURL(key string) *url.URL {
	v := r.text(key)
	if v == "" {
		return nil
	}
	u, err := parseOrigin(v)
	if err != nil {
		r.bad(key, "%q is no address of a site, such as https://galley.example.org", v)
		return nil
	}
	return u
}

func (r *reader) origins(key string) []string {
	list := r.list(key)
	for i, v := range list {
		u, err := parseOrigin(v)
		if err != nil {
			r.bad(key, "%q is no origin, such as https://www.example.org", v)
			continue
		}
		list[i] = u.String()
	}
	return list
}

// parseOrigin reads scheme://host[:port] with at most a slash behind it.
func parseOrigin(v string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(v, "/"))
	if err != nil {
		return nil, err
	}
	u.Host = strings.ToLower(u.Host) // browsers send it so
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("more or less than an origin")
	}
	return u, nil
}

func (r *reader) networks(key string) []netip.Prefix {
	var out []netip.Prefix
	for _, v := range r.list(key) {
		p, err := netip.ParsePrefix(v)
		if a, single := netip.ParseAddr(v); single == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			r.bad(key, "%q is no address or network, such as 10.0.0.0/8", v)
			continue
		}
		out = append(out, p.Masked())
	}
	return out
}

func (r *reader) websockets(key string) *settings.Pin {
	v := r.text(key)
	switch v {
	case "admin":
		return nil
	case "on", "off":
		return &settings.Pin{On: v == "on", By: pinnedBy(r.from[key], v)}
	}
	r.bad(key, "%q is none of admin, on, off", v)
	return nil
}

// pinnedBy names the place to change, as the settings page shows it.
func pinnedBy(place, value string) string {
	switch place {
	case "flags":
		return "the flag --websockets " + value
	case "environment":
		return "the environment variable " + envPrefix + "WEBSOCKETS=" + value
	}
	return fmt.Sprintf("websockets = %q in the configuration file %s", value, place)
}

func (r *reader) folder(key string) string {
	v := r.text(key)
	if v == "" {
		return ""
	}
	if info, err := os.Stat(v); err != nil || !info.IsDir() {
		r.bad(key, "there is no folder %s", v)
	}
	return v
}

func (r *reader) level(key string) slog.Level {
	v := r.text(key)
	var l slog.Level
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, v) || l.UnmarshalText([]byte(v)) != nil {
		r.bad(key, "%q is none of debug, info, warn, error", v)
	}
	return l
}
