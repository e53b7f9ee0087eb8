package report

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	"forensic"
	"forensic/fixtures"
)

// readmePicture is the page that README shows: of the recorded bundle, as a
// browser paints it.
const readmePicture = "../docs/report.png"

// TestReadmePicture paints the picture of README. UPDATE=1 writes it anew; its
// bytes depend on the browser and its fonts, so only its shape is compared.
func TestReadmePicture(t *testing.T) {
	b := newBrowser(t)
	kept := NewKept()
	r, err := forensic.Analyze(context.Background(), []string{"../fixtures/bundles/zookeeper-churn/zookeeper-churn.tgz"}, forensic.Options{}, kept)
	if err != nil {
		t.Fatal(err)
	}
	page := New(r, Options{})
	page.Kept = kept
	address := b.open(pageOf(t, page, New(r, Options{Lang: "zh"})))
	b.ready()
	b.is(painted+`("lanes")`, "true")
	b.is(`document.querySelectorAll("#rate canvas").length`, "1")
	b.is(`document.querySelectorAll(".event").length > 5`, "true")
	b.run(chromedp.EmulateViewport(1200, 1500))
	picture := value(b, chromedp.CaptureScreenshot())
	if fixtures.Updating() {
		if err := os.WriteFile(readmePicture, picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(readmePicture)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string][]byte{readmePicture: have, "the page": picture} {
		c, err := png.DecodeConfig(bytes.NewReader(p))
		if err != nil || c.Width != 1200 || c.Height != 1500 {
			t.Errorf("%s: %d × %d, %v", name, c.Width, c.Height, err)
		}
	}
	b.quiet(address)
}
