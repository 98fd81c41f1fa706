package content

import (
	"regexp"
	"strings"
	"time"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
	"galley/words"
)

// States of a version.
const (
	Draft               = "draft"
	InReview            = "in_review"
	Rejected            = "rejected"
	Ready               = "ready"
	Scheduled           = "scheduled"
	Published           = "published"
	PreviouslyPublished = "previously_published"
)

const maxSlug = 80 // characters

// item is a row of content_items.
type item struct {
	ID              int64
	Type            string
	ParentID        *int64
	Position        int64
	TreeRevision    int64
	TrashedAt       *time.Time
	TrashedBy       *int64
	CreatedBy       int64
	store.ClientKey `gorm:"embedded"`
	CreatedAt       time.Time
}

func (item) TableName() string { return "content_items" }

// version is a row of versions.
type version struct {
	ID              int64
	ContentID       int64
	Number          int64
	Language        string
	State           string
	Base            *int64
	Slug            string
	Title           string
	Fields          string
	Missing         string
	Revision        int64
	CreatedBy       int64
	store.ClientKey `gorm:"embedded"`
	SavedBy         int64
	SavedAt         time.Time
	CreatedAt       time.Time
	PublishedAt     *time.Time
}

// Item is a content item as one of its versions shows it: the resource that is answered and sent.
type Item struct {
	ID           int64   `json:"id"`
	Type         string  `json:"type"`
	ParentID     *int64  `json:"parent_id"`
	Order        int64   `json:"order"` // among its siblings; there are gaps
	TreeRevision int64   `json:"tree_revision"`
	Language     string  `json:"language"`
	Title        string  `json:"title"`
	Slug         string  `json:"slug"`
	Path         string  `json:"path"`
	State        string  `json:"state"`
	Fields       Values  `json:"fields,omitempty"` // left out of lists
	Version      Version `json:"version"`
	Live         *Live   `json:"live"`
	Trashed      *Trash  `json:"trashed"`

	versionID int64
}

// Node is an Item with what stands around it, as far as the viewer may see it.
type Node struct {
	Item
	Children  int        `json:"children"`
	Languages []Language `json:"languages"`
	HeldBy    []Holder   `json:"held_by"`
}

// Trash says when an item came into the trash, and by whom.
type Trash struct {
	At time.Time      `json:"at"`
	By *access.Person `json:"by"` // nil for the system
}

// Language is a language that an item has.
type Language struct {
	Language string `json:"language"`
	State    string `json:"state"` // of its newest version
	Live     bool   `json:"live"`
}

// Version says which version an Item shows.
type Version struct {
	Number    int64         `json:"number"`
	State     string        `json:"state"`
	Base      *int64        `json:"base"` // number of the version that was live when this one was begun
	Revision  int64         `json:"revision"`
	SavedBy   access.Person `json:"saved_by"`
	SavedAt   time.Time     `json:"saved_at"`
	ProjectID *int64        `json:"project_id"` // the project that holds it
	ItemID    *int64        `json:"item_id"`    // and its item there
}

// Live is what the public sees of an item in this language.
type Live struct {
	Number      int64     `json:"number"`
	PublishedAt time.Time `json:"published_at"`
}

// Holder is a project that holds a version of an item.
type Holder struct {
	ProjectID int64  `json:"project_id"`
	Name      string `json:"name"`
	ItemID    int64  `json:"item_id"`
	Version   int64  `json:"version"`
}

// View is an Item with what depends on who looks.
type View struct {
	Item
	Languages []Language      `json:"languages"`
	Locked    *Holder         `json:"locked"`  // another project holds what there is to edit
	HeldBy    []Holder        `json:"held_by"` // projects that the viewer may see
	May       access.May      `json:"may"`
	Topic     string          `json:"topic"`
	Position  events.Position `json:"position"`
}

// NewItem is a content item to be created.
type NewItem struct {
	Type     string          `json:"type"`
	ParentID *int64          `json:"parent_id"`
	Slug     string          `json:"slug"`
	Language string          `json:"language"`
	Fields   Values          `json:"fields"`
	Key      store.ClientKey `json:"-"`
}

// NewDraft is a version to be begun: from a version by its number, or from what is live.
type NewDraft struct {
	Language string          `json:"language"`
	From     *int64          `json:"from"`
	Slug     *string         `json:"slug"`
	Fields   Values          `json:"fields"`
	Key      store.ClientKey `json:"-"`
}

// Save is what an editor saves of a version: all of it, so that nothing is emptied by being left out.
type Save struct {
	Slug   *string `json:"slug" null:"no"`
	Fields Values  `json:"fields"`
}

func (s Save) validate() error {
	var wrong errs.Fields
	if s.Slug == nil {
		wrong.Add("slug", "Give the slug, or an empty one to make it from the title.")
	}
	if s.Fields == nil {
		wrong.Add("fields", "Give all fields.")
	}
	return wrong.Err()
}

var (
	languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`) // the short form of BCP 47
	slugForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

func checkLanguage(wrong *errs.Fields, tag string) {
	if !languageTag.MatchString(tag) {
		wrong.Add("language", "A language such as en or de-AT.")
	}
}

// slugFor is the given slug, or one made from the title where it is empty.
func slugFor(wrong *errs.Fields, slug, title string) string {
	if slug == "" {
		return slugOf(title)
	}
	if !slugForm.MatchString(slug) || len(slug) > maxSlug {
		wrong.Add("slug", "Small letters, digits and single hyphens, at most %d.", maxSlug)
	}
	return slug
}

func slugOf(title string) string {
	var b strings.Builder
	for _, r := range words.Fold(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
