package main

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
)

// Each case that fires is changed a little, in ways of which the outcome is
// known (see nearMiss), and its rule must say that.
func TestNearMisses(t *testing.T) {
	rs, err := loadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := ruleCases(ruleFixtures)
	if err != nil {
		t.Fatal(err)
	}
	var tried atomic.Int64
	t.Run("cases", func(t *testing.T) {
		for i := range cases {
			c := &cases[i]
			rule, err := ruleNamed(rs, c.Rule)
			if err != nil || !c.Fires {
				continue
			}
			t.Run(strings.TrimSuffix(c.Name, ".txtar"), func(t *testing.T) {
				t.Parallel()
				wrong, n, err := c.testNear(context.Background(), rule)
				if err != nil {
					t.Fatal(err)
				}
				tried.Add(int64(n))
				for _, w := range wrong {
					t.Error(w)
				}
			})
		}
	})
	if n := tried.Load(); n < 200 {
		t.Errorf("only %d near misses were made", n)
	} else {
		t.Logf("%d near misses", n)
	}
}
