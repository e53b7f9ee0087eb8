package report

import (
	"strings"
	"testing"
	"unicode"

	xwidth "golang.org/x/text/width"
)

// Every character that Unicode calls wide or full-width takes two columns, and
// no other takes more than one, but for those that combine.
func TestWidthAgreesWithUnicode(t *testing.T) {
	wrong := 0
	for r := rune(0x20); r < 0x30000; r++ {
		if hidden(r) || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S) {
			continue
		}
		kind := xwidth.LookupRune(r).Kind()
		want := kind == xwidth.EastAsianWide || kind == xwidth.EastAsianFullwidth
		got := runeWidth(r)
		if want && got == 1 || !want && got == 2 {
			if wrong++; wrong < 20 {
				t.Errorf("%U takes %d columns, wide: %v", r, got, want)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d characters differ", wrong)
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "连接": 4, "e\u0301": 1, "（a）": 5, "→│…": 3} {
		if got := width(s); got != want {
			t.Errorf("width(%q) = %d, want %d", s, got, want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two three 客户端连接 ZooKeeper 后未建立会话即断开。", 12)
	f.Add(strings.Repeat("x", 50), 10)
	f.Fuzz(func(t *testing.T, s string, columns int) {
		columns = 8 + (columns&0x7fffffff)%120
		s = Visible(s)
		letters := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		rows := wrap(s, columns)
		if got := letters(strings.Join(rows, "")); got != letters(s) {
			t.Errorf("wrap(%q) lost or gained letters: %q", s, got)
		}
		for _, row := range append(rows, Cut(s, columns)) {
			if width(row) > columns {
				t.Errorf("%q is wider than %d", row, columns)
			}
		}
		chopped := chop(s, columns)
		if strings.Join(chopped, "") != s {
			t.Errorf("chop(%q) changed it", s)
		}
		for _, row := range chopped {
			if width(row) > columns {
				t.Errorf("chop: %q is wider than %d", row, columns)
			}
		}
	})
}

func TestWrap(t *testing.T) {
	got := wrap("服务器因此记录流结束。客户端在发送任何请求之前就关闭了它。", 20)
	want := []string{"服务器因此记录流结", "束。客户端在发送任何", "请求之前就关闭了它。"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}
