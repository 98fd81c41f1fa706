// Package words folds texts, so that what somebody types finds what somebody else wrote. It must never know where texts are kept.
package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters are those that are no letter with an accent, and are typed as others all the same.
var letters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// Fold writes a text in small letters without accents.
func Fold(text string) string {
	small := strings.ToLower(text)
	if !strings.ContainsFunc(small, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return small
	}
	folded := norm.NFD.String(letters.Replace(small))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) { // the accent of the letter before
			return -1
		}
		return r
	}, folded)
}

// Split are the words of a text, folded: what stands between signs that are neither letters nor digits.
func Split(text string) []string {
	return strings.FieldsFunc(Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// Begin tells whether each of the wanted words is how one of the text's words begins.
func Begin(text, wanted []string) bool {
	for _, want := range wanted {
		if !slices.ContainsFunc(text, func(word string) bool { return strings.HasPrefix(word, want) }) {
			return false
		}
	}
	return true
}
