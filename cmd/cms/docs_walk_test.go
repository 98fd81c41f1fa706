package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"testing"
)

// words splits a line of shell as far as docs/api.md needs it: blanks, 'as it is', "with $names".
func words(line string, names map[string]string) (all []string) {
	for _, w := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(line, -1) {
		if bare := strings.Trim(w, `'`); bare != w {
			all = append(all, bare)
			continue
		}
		all = append(all, os.Expand(strings.Trim(w, `"`), func(name string) string { return names[name] }))
	}
	return all
}

// curl sends what curl would for these arguments.
func curl(t *testing.T, client *http.Client, args []string) (status string, body []byte) {
	t.Helper()
	method, in, url, header, cookies := "GET", "", "", http.Header{}, false
	for i := 0; i < len(args); i++ {
		value := func() string { i++; return args[i] }
		switch args[i] {
		case "-s":
		case "-b", "-c":
			value()
			cookies = true
		case "-X":
			method = value()
		case "-H":
			name, text, _ := strings.Cut(value(), ": ")
			header.Set(name, text)
		case "-d":
			if in = value(); method == "GET" {
				method = "POST"
			}
		default:
			url = args[i]
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	if !cookies {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err = io.ReadAll(res.Body)
	_ = res.Body.Close() // read to its end
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(res.Status)[0], body
}

// Whoever follows docs/api.md step by step gets what stands there.
func TestDocumentsWalk(t *testing.T) {
	c := testConfig(t)
	c.Demo = true
	r := run(t, c)
	if err := r.app.demo(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client, names, steps := &http.Client{Jar: jar}, map[string]string{"GALLEY": r.url}, 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readDoc(t, "docs/api.md"), -1) {
		for line := range strings.SplitSeq(strings.ReplaceAll(block[1], "\\\n", ""), "\n") {
			command, want, isCurl := strings.Cut(line, "   # ")
			if !strings.HasPrefix(command, "curl ") {
				continue
			}
			steps++
			status, body := curl(t, client, words(command, names)[1:])
			if !isCurl || status != want {
				t.Errorf("%s\ngot %s %s", line, status, body)
			}
			var answer struct {
				ID       json.Number `json:"id"`
				Position string      `json:"position"`
			}
			if status == "200" || status == "201" {
				if err := json.Unmarshal(body, &answer); err != nil {
					t.Fatal(err)
				}
			}
			if status == "201" {
				names["id"] = answer.ID.String()
			}
			if strings.HasSuffix(command, `/projects/3"`) {
				names["position"] = answer.Position
			}
			if strings.Contains(command, "/changes") {
				if got := string(body); strings.Count(got, `"type":`) != 2 || !strings.Contains(got, "comment.added") || !strings.Contains(got, "comment.edited") {
					t.Errorf("what has happened: got %s", got)
				}
			}
		}
	}
	if steps < 9 {
		t.Errorf("only %d steps", steps)
	}
}
