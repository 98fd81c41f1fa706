package words_test

import (
	"strings"
	"testing"

	"galley/words"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		" \t\n-–_.,":                  "",
		"Where the boats land":        "where the boats land",
		"FÄHREN & Züge":               "fahren zuge",
		"Straße zum Ærø":              "strasse zum aero",
		"Łódź, naïve café":            "lodz naive cafe",
		"Cafe\u0301":                  "cafe",
		"coast-pass/2026_neu":         "coast pass 2026 neu",
		"100 % 4,20€":                 "100 4 20",
		"時刻表 Ωμέγα Привет":            "時刻表 ωμεγα привет",
		`"OR" NEAR/3 title:x* ^y (z)`: "or near 3 title x y z",
	} {
		if got := strings.Join(words.Split(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestBegin(t *testing.T) {
	for _, row := range []struct {
		text, wanted string
		want         bool
	}{
		{"Where the boats land", "boa whe", true},
		{"Where the boats land", "", true},
		{"Where the boats land", "oats", false},
		{"Where the boats land", "boats sea", false},
		{"", "a", false},
		{"Fähren", "FAH", true},
	} {
		if got := words.Begin(words.Split(row.text), words.Split(row.wanted)); got != row.want {
			t.Errorf("%q by %q: got %v", row.text, row.wanted, got)
		}
	}
}
