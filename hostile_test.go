// The rows of the threat model and the tests that hold them. A row that is not
// here has no test yet; "partly" says what is missing.
//
//	account   TestAccountOfReaders, TestAccountOfBundles, TestAccountOfLongOutputs (here), TestSnapshotsAccount (parsers)
//	I1        FuzzMemberName (bundle)
//	I3, I4    TestNamedPipe, TestPipeInPlaceOfFile, TestNothingIsOpenedButFiles (bundle)
//	I5, I8    TestLimits, TestMemory, TestWorkWithoutResult, TestLargeWindowsWait (bundle)
//	I6        TestZipOverlap (bundle)
//	I7        TestPaxSparse, TestTar (bundle)
//	I9        TestStreams, TestOneBadStreamOfMany, TestCut, TestXzCut, TestXzDamaged (bundle)
//	I10, I11  TestTar, TestTarGap, TestZip, TestCut, TestCutGivesNothingTwice (bundle)
//	I14       TestContentDecides (bundle)
//	I15       TestChangedWhileRead (bundle)
//	I16       TestPermission (bundle); partly: other texts are not asserted in one table
//	D1        TestGuardKeepsTheOthers (here), TestGuard, TestGuardOfSections, TestGuardOfDetection, TestDamage, FuzzParse (parsers)
//	D2        TestMutatedMembers, TestMutatedBundles, TestMutatedProcesses (here)
//	D4        TestContainerOddities, TestBlockOddities, TestAgainstWireshark (pcap)
//	D6        TestScanKeepsTheStartOfALongLine (parsers); partly: no line of 1 GiB
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
//	section 7 TestRepeatable, TestSameInputSameReport, TestQuotations (here)
//	O3        TestInterrupt (cmd/forensic); partly: not at random moments
//	O5        TestMutatedProcesses (here), TestMemory (bundle)
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
