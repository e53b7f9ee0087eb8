package correlate

import "testing"

// Of more than are kept, the first half stays, the last half is the latest, and
// both come back in order.
func TestNotesKeepBothEnds(t *testing.T) {
	for _, many := range []int{0, 1, maxNotes - 1, maxNotes, maxNotes + 1, maxNotes + maxNotes/2, 3*maxNotes + 7} {
		var n notes
		for i := range many {
			n.add(sight{host: "app-07", at: int64(i)}, nil)
		}
		var got []int64
		for s := range n.byHost["app-07"].all {
			got = append(got, s.at)
		}
		if want := min(many, maxNotes); len(got) != want {
			t.Fatalf("of %d events %d are kept, want %d", many, len(got), want)
		}
		for i, at := range got {
			want := i
			if many > maxNotes && i >= maxNotes/2 {
				want = many - maxNotes + i
			}
			if at != int64(want) {
				t.Fatalf("of %d events the note %d is of %d, want %d", many, i, at, want)
			}
		}
		if many > 0 && n.byHost["app-07"].last().at != int64(many-1) {
			t.Errorf("the last of %d is %d", many, n.byHost["app-07"].last().at)
		}
	}
}
