package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"forensic"
	"forensic/timeline"
)

func main() {
	if f := os.Getenv("PROF"); f != "" {
		w, _ := os.Create(f)
		pprof.StartCPUProfile(w)
		defer pprof.StopCPUProfile()
	}
	t := time.Now()
	opt := forensic.Options{}
	opt.Limits.Hash = true
	r, err := forensic.Analyze(context.Background(), os.Args[1:], opt)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(time.Since(t), "first", timeline.Format(r.First, r.Step), "last", timeline.Format(r.Last, r.Step))
	for _, h := range r.Hosts {
		fmt.Printf("host %+v\n", h)
	}
	for _, s := range r.Sources {
		fmt.Println(s.Path, s.Section, s.Format, "|", s.Why, s.Account, s.Problems, s.Settled)
	}
	for _, s := range r.Skipped {
		fmt.Println("skipped", s)
	}
	for _, i := range r.Inputs {
		fmt.Println("input", i)
	}
	for _, f := range r.Findings {
		fmt.Printf("%s %s %v %s %v\n   %s\n", f.ID, f.Rule, f.Key, f.Host, f.Count, f.Wording["en"].Say)
		for _, e := range f.Evidence {
			fmt.Println("     ", e.ID, e.Role, e.Where, e.Text)
		}
	}
	for _, n := range r.NotRun {
		fmt.Println("not run", n)
	}
	fmt.Println(r.Limits)
}
