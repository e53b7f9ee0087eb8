// The rows of the threat model and the tests that hold them; "partly" says what
// is missing. TestScripts of cmd/forensic runs the scripts of fixtures/cli, of
// which hostile.txtar holds the texts.
//
//	account   TestAccountOfReaders, TestAccountOfBundles, TestAccountOfLongOutputs, TestHasher (here), TestUnclosed (report), TestSnapshotsAccount (parsers)
//	wording   TestScripts (cmd/forensic)
//	I1        FuzzMemberName (bundle), TestScripts (cmd/forensic)
//	I2        TestScripts (cmd/forensic), TestTar (bundle)
//	I3, I4    TestNamedPipe, TestPipeInPlaceOfFile, TestNothingIsOpenedButFiles (bundle)
//	I5        TestBombBesideGoodMembers (here), TestLimits, TestWorkWithoutResult (bundle)
//	I6        TestZipOverlap (bundle)
//	I7        TestPaxSparse, TestTar (bundle)
//	I8        TestMemory, TestLargeWindowsWait (bundle)
//	I9        TestStreams, TestOneBadStreamOfMany, TestCut, TestXzCut, TestXzDamaged (bundle), TestScripts (cmd/forensic)
//	I10, I11  TestTar, TestTarGap, TestZip, TestCut, TestCutGivesNothingTwice (bundle)
//	I12, I13  TestScripts (cmd/forensic), TestZip (bundle)
//	I14       TestContentDecides (bundle)
//	I15       TestChangedWhileRead (bundle)
//	I16       TestScripts (cmd/forensic), TestPermission (bundle), TestPadding (here)
//	D1        TestGuardKeepsTheOthers (here), TestGuard, TestGuardOfSections, TestGuardOfStreams, TestGuardOfSessions, TestGuardOfDetection, TestDamage, FuzzParse (parsers)
//	D2        TestMutatedMembers, TestMutatedBundles, TestMutatedProcesses (here)
//	D3        TestNesting (here)
//	D4        TestContainerOddities, TestBlockOddities, TestAgainstWireshark (pcap)
//	D5        TestFlowsAreBounded (here)
//	D6        TestEndlessLine, TestLongLines, TestLongFirstLine (here), TestScanKeepsTheStartOfALongLine (parsers)
//	D7        TestPadding, TestLongLines (here); partly: bytes that are no UTF-8 are decoded or escaped, and not told as base64 beside it
//	D8        TestOddTimes (here); clocks in package timeline
//	D9        TestForgedRecords (here); partly: no record is marked as doubtful by its neighbours
//	D10       TestScanSplitsARecordWithoutEnd (parsers)
//	D11       FuzzRules (rules)
//	patterns  TestHostile, TestHarmlessUnderLoad, TestHarmlessAcrossStop (rules)
//	R1, R2    TestHTMLInjection, TestHTMLPolicy, TestHTMLLinks, TestHTMLHostileInBrowser (report)
//	R3        TestHostileText, FuzzVisible (report)
//	R4        TestHostileEventsAsCSV (report)
//	R5        TestHostileMarkdown (report)
//	R6        TestHostileJSON, TestHostileEventsAsJSON (report)
//	R7        TestHTMLBounds (report); partly: Markdown
//	R8        TestRecall, TestPlaces, TestRecords, TestOrdinaryLines, FuzzText (redact), TestRedactedEverywhere, TestRedactLeavesOut (here)
//	R9        TestRedactKeepsFindings (here), TestSameKind (redact/pack), TestCopyMendsChecksums (pcap)
//	R10       TestNoTraces, TestKilled (cmd/forensic)
//	section 7 TestRepeatable, TestSameInputSameReport, TestQuotations (here)
//	O1, O2    TestKilled, TestLiveRunIsNotSwept (cmd/forensic)
//	O3        TestInterrupt, TestInterruptedAtRandom (cmd/forensic)
//	O4        TestNthCallFails (report and timeline), TestFileSizeLimit (cmd/forensic)
//	O5        TestMutatedProcesses, TestFlowsAreBounded, TestBombBesideGoodMembers (here), TestMemory (bundle)
//	O6        TestTemporaryFiles (timeline), TestKilled (cmd/forensic)
//	O7        TestRunsWithOneOutput (cmd/forensic)
//	O8        TestNothingLeaks (here); partly: package forensic, not every verb
//	O9        TestClosedOutput (cmd/forensic)
package forensic_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThreatsNameTests holds that each test named above exists.
func TestThreatsNameTests(t *testing.T) {
	var all strings.Builder
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("hostile_test.go")
	if err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(string(own), "\npackage ")
	names := regexp.MustCompile(`\b(Test|Fuzz)[A-Za-z]+`).FindAllString(table, -1)
	if len(names) < 40 {
		t.Errorf("%d names", len(names))
	}
	for _, name := range names {
		if !strings.Contains(all.String(), "func "+name+"(") {
			t.Errorf("there is no %s", name)
		}
	}
}
