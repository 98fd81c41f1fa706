package httpapi

import "testing"

// What JSON can write and no text can hold is found, and nothing else is taken for it.
func TestEscapesThatAreNoCharacter(t *testing.T) {
	for body, want := range map[string]string{
		`{"name":"plain"}`:                "",
		`{"name":"\ud83d\ude80 pair"}`:    "",
		`{"name":"\uD83D\uDE80\uD83D"}`:   `\uD83D`,
		`{"name":"\ud800"}`:               `\ud800`,
		`{"name":"\udc00 first"}`:         `\udc00`,
		`{"name":"\ud800\u0041"}`:         `\ud800`,
		`{"name":"a\u0000b"}`:             `\u0000`,
		`{"na\u0000me":1}`:                `\u0000`,
		`{"name":"a backslash: \\u0000"}`: "",
		`{"name":"\\\u0000"}`:             `\u0000`,
		`{"name":"\u00e9\u20ac"}`:         "",
		`{"name":"\ud8`:                   "",
		`{"name":"\`:                      "",
	} {
		if got := noCharacter([]byte(body)); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}
