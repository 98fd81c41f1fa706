package search_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"gorm.io/gorm"

	"galley/search"
)

// many is how many content items there are when speed is measured.
const many = 100_000

// BenchmarkFind measures what people type while they type it, as somebody to whom a tenth of it is hidden:
//
//	go test ./search -run '^$' -bench .
func BenchmarkFind(b *testing.B) {
	e := newEnv(b)
	nouns := strings.Fields("Fahrplan Fähre Küste Hafen Brücke ticket bus train night summer winter route station pier season family price")
	err := e.db.Write(b.Context(), func(tx *gorm.DB) error {
		for i := range many {
			title := fmt.Sprintf("%s %s %d", nouns[i%len(nouns)], nouns[i/7%len(nouns)], i)
			if err := e.insert(tx, int64(i+1), title, i%10 == 0); err != nil {
				return err
			}
		}
		for i := range 1000 {
			err := tx.Exec(`INSERT INTO projects (name, description, owner_id, created_at, updated_at) VALUES (?, '', 1, ?, ?)`,
				fmt.Sprintf("%s project %d", nouns[i%len(nouns)], i), time.Now(), time.Now()).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, text := range []string{"f", "fa", "fahr", "fahrplan kuste", "99999", "n w 7", "/fahrplan-bus", "zzz"} {
		b.Run(text, func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				if _, err := e.Find(b.Context(), e.tomas, search.Query{Text: text, Limit: 20}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpu(b)-before).Seconds()*1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpu is what the process has used: on a busy machine the clock says little.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
