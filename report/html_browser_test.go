package report

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	tab "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A browser is a tab of Chromium, with what it complained about.
type browser struct {
	context.Context
	t *testing.T

	mu       sync.Mutex
	requests []string
	trouble  []string
}

// newBrowser starts Chromium. Where there is none the test is left out, but for
// machines that must have it.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900),
	}
	deadline, stop := context.WithTimeout(t.Context(), 40*time.Second)
	alloc, stopAlloc := chromedp.NewExecAllocator(deadline, opts...)
	own, stopTab := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		_ = chromedp.Cancel(own) // the browser ends with the test in any case
		stopTab()
		stopAlloc()
		stop()
	})
	b := &browser{Context: own, t: t}
	if err := chromedp.Listen(own, b.listen); err != nil {
		t.Fatal(err)
	}
	watch := `document.addEventListener("securitypolicyviolation", e => console.error("policy: " + e.violatedDirective + " " + e.blockedURI))`
	b.run(command(log.Enable, cdp.Empty{}), command(network.Enable, network.EnableParams{}),
		command(tab.AddScriptToEvaluateOnNewDocument, tab.AddScriptToEvaluateOnNewDocumentParams{Source: watch}))
	return b
}

// command is an action that sends one command to the browser.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// js is an action that runs a script for what it does.
func js(expression string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[any](expression+"; 0")(ctx, t)
		return err
	})
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		b.trouble = append(b.trouble, string(e.Entry.Level)+": "+e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.trouble = append(b.trouble, fmt.Sprintf("%s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			b.trouble = append(b.trouble, string(e.Type)+": "+string(a.Value))
		}
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// is sees what an expression says.
func (b *browser) is(expression, want string) {
	b.t.Helper()
	got := value(b, chromedp.Evaluate[any](expression))
	if s := fmt.Sprint(got); s != want {
		b.t.Errorf("%s is %q, want %q", expression, s, want)
	}
}

func (b *browser) text(expression string) string {
	b.t.Helper()
	return value(b, chromedp.Evaluate[string](expression))
}

// value runs an action for what it returns.
func value[T any](b *browser, a chromedp.Action[T]) T {
	b.t.Helper()
	got, err := chromedp.Run(b, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

// open writes a page and opens it as a double click would.
func (b *browser) open(page []byte) string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "report #1.html")
	if err := os.WriteFile(path, page, 0o600); err != nil {
		b.t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: path}).String()
	b.run(chromedp.Navigate(address))
	return address
}

// quiet sees that the page asked for nothing and complained about nothing.
func (b *browser) quiet(address string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if r, _, _ := strings.Cut(r, "#"); r != address {
			b.t.Errorf("the page asks for %s", r)
		}
	}
	for _, s := range b.trouble {
		b.t.Errorf("the browser says %s", s)
	}
}

func (b *browser) shot(name string) {
	b.t.Helper()
	png := value(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(b.t.ArtifactDir(), name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// painted counts the colours on a canvas.
const painted = `(id => { const c = document.getElementById(id), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data, s = new Set(); for (let i = 0; i < d.length; i += 4) s.add(d[i] << 16 | d[i+1] << 8 | d[i+2]); return s.size > 5 })`

func TestHTMLInBrowser(t *testing.T) {
	b := newBrowser(t)
	address := b.open(samplePage(t))
	b.ready()
	b.is(painted+`("lanes")`, "true")
	b.is(`document.querySelectorAll("article.finding:not([hidden])").length`, "2")
	b.shot("light")

	t.Run("a finding has its window", func(t *testing.T) {
		whole := b.text(`document.getElementById("view").textContent`)
		b.run(chromedp.Click(`tr[data-finding="F1"] td:nth-child(3)`))
		if near := b.text(`document.getElementById("view").textContent`); near == whole {
			t.Error("a click on a finding leaves the window as it was")
		}
		b.is(`document.querySelectorAll("#picked li").length`, "3")
		b.run(chromedp.Click(`#picked li a[href="#E2"]`))
		b.is(`location.hash`, "#E2")
		value(b, chromedp.Poll[bool](`document.getElementById("E2").classList.contains("chosen")`))
		value(b, chromedp.Poll[bool](`Math.abs(document.getElementById("E2").getBoundingClientRect().top) < innerHeight`))
	})
	t.Run("the timeline zooms", func(t *testing.T) {
		views := map[string]bool{}
		look := func() { views[b.text(`document.getElementById("view").textContent`)] = true }
		b.run(chromedp.Focus("#lanes"), chromedp.KeyEvent("0"))
		look()
		b.run(chromedp.KeyEvent("+"))
		look()
		b.run(chromedp.KeyEvent("\u0303")) // arrow right
		look()
		b.run(js(`document.getElementById("lanes").dispatchEvent(new WheelEvent("wheel", {deltaY: -200, clientX: 700, clientY: 300, cancelable: true}))`))
		look()
		b.run(js(`(() => { const c = document.getElementById("brush"), r = c.getBoundingClientRect(), f = (t, x) => c.dispatchEvent(new PointerEvent(t, {clientX: r.left + x, clientY: r.top + 9, button: 0, pointerId: 1, bubbles: true})); c.setPointerCapture = () => {}; f("pointerdown", 400); f("pointermove", 600); f("pointerup", 600) })()`))
		look()
		if len(views) != 5 {
			t.Errorf("keys, wheel and brush gave %d windows, want 5: %v", len(views), views)
		}
	})
	t.Run("the table is in step", func(t *testing.T) {
		b.run(chromedp.Click("#reset"))
		value(b, chromedp.Poll[bool](`document.getElementById("events-head").textContent.startsWith("Records in view: 3 listed, of 650 in all")`))
		b.is(`[...document.querySelectorAll(".event .said")].map(e => e.textContent).join()`, `accepted <b>\x1b[31m,end of stream,overflow`)
		b.is(`document.querySelectorAll(".chart").length`, "2")
		b.run(chromedp.Click(`tr[data-finding="F2"] td:nth-child(3)`), chromedp.Focus("#lanes"), chromedp.KeyEvent("+++"))
		value(b, chromedp.Poll[bool](`document.getElementById("events-head").textContent.startsWith("Records in view: 0 listed")`))
		b.run(chromedp.KeyEvent("0"), chromedp.Click(`#controls button[data-sev="error"]`))
		value(b, chromedp.Poll[bool](`document.getElementById("events-head").textContent.startsWith("Records in view: 2 listed")`))
		b.run(chromedp.Click(`.event:last-child`))
		b.is(`document.querySelector("#picked code").textContent`, "app-07/messages:4")
		b.is(`[...document.querySelectorAll("#picked a")].map(a => a.getAttribute("href")).join()`, "#F2,#E4")
		b.run(chromedp.Click("#reset"), chromedp.SendKeys("#search", "stream"))
		b.is(`[...document.querySelectorAll(".event .said")].map(e => e.textContent).join()`, "end of stream")
	})
	b.run(chromedp.Click("#reset"))
	t.Run("filters", func(t *testing.T) {
		b.run(chromedp.Click("#reset"), chromedp.Click(`button[data-sev="error"]`))
		b.is(`[...document.querySelectorAll("article.finding:not([hidden])")].map(a => a.id).join()`, "F2")
		b.run(chromedp.Click("#reset"), chromedp.SendKeys("#search", "sessionid 0x0"))
		b.is(`[...document.querySelectorAll("article.finding:not([hidden])")].map(a => a.id).join()`, "F1")
		b.is(`document.querySelector('#by-host option[value="app-07"]').textContent`, "app-07 (0)")
		b.run(chromedp.Click("#reset"), chromedp.SetValue("#by-source", "app-07/messages"), js(`document.getElementById("by-source").dispatchEvent(new Event("change"))`))
		b.is(`[...document.querySelectorAll("article.finding:not([hidden])")].map(a => a.id).join()`, "F2")
		b.run(chromedp.Click("#reset"))
		b.is(`document.querySelectorAll("article.finding:not([hidden])").length`, "2")
	})
	t.Run("times", func(t *testing.T) {
		for _, c := range []struct{ mode, want string }{{"utc", "2014-11-24 07:38:33.682Z"}, {"relative", "+0ms"}, {"zone", "2014-11-24 15:38:33.682"}} {
			b.run(chromedp.SetValue("#times", c.mode), js(`document.getElementById("times").dispatchEvent(new Event("change"))`))
			b.is(`document.querySelector('tr[data-finding="F1"] time').textContent`, c.want)
		}
	})
	t.Run("markdown", func(t *testing.T) {
		b.run(js(`navigator.clipboard.writeText = s => { window.pasted = s; return Promise.resolve() }`), chromedp.Click("#F1 button.copy"))
		md := b.text(`window.pasted`)
		for _, want := range []string{"### F1", "**Next**", "```text", "    18  2014-11-24 15:38:33,682", "sessionid 0x0"} {
			if !strings.Contains(md, want) {
				t.Errorf("the Markdown lacks %q:\n%s", want, md)
			}
		}
	})
	t.Run("languages", func(t *testing.T) {
		b.run(chromedp.Click(`label[for="lang-zh"]`))
		b.is(`document.querySelector("#F1 h3").innerText.includes("客户端连接 ZooKeeper")`, "true")
		b.is(`document.body.innerText.includes("What happened")`, "false")
		b.is(`document.getElementById("search").placeholder`, "搜索发现与证据")
		b.shot("chinese")
		b.run(chromedp.Click(`label[for="lang-both"]`))
		b.is(`document.querySelector("#F1 h3").innerText.includes("客户端") && document.querySelector("#F1 h3").innerText.includes("Clients connect")`, "true")
		b.shot("both")
		b.run(chromedp.Click(`label[for="lang-en"]`))
	})
	t.Run("dark", func(*testing.T) {
		b.run(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}), chromedp.Click(`tr[data-finding="F1"] td:nth-child(3)`))
		b.shot("dark")
	})
	t.Run("print", func(t *testing.T) {
		b.run(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
		b.is(`getComputedStyle(document.getElementById("timeline")).display`, "none")
		b.is(`getComputedStyle(document.getElementById("F2")).display === "none"`, "false")
		b.run(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}))
		pdf := value(b, chromedp.PrintToPDF())
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 20_000 {
			t.Errorf("a PDF of %d bytes", len(pdf))
		}
		if err := os.WriteFile(filepath.Join(t.ArtifactDir(), "report.pdf"), pdf, 0o600); err != nil {
			t.Error(err)
		}
	})
	b.quiet(address)
}

// TestHTMLHostileInBrowser opens a page full of hostile text: nothing runs and
// the script still works on it.
func TestHTMLHostileInBrowser(t *testing.T) {
	b := newBrowser(t)
	address := b.open(filled(t, strings.Join(hostileMarkup[:len(hostileMarkup)-1], " ")))
	b.ready()
	b.run(chromedp.Click(`tr[data-finding="F1"] td:nth-child(3)`), js(`document.getElementById("lanes").dispatchEvent(new PointerEvent("pointermove", {clientX: 300, clientY: 300}))`))
	b.is(`document.querySelectorAll("#picked a").length > 1`, "true")
	b.is(`document.querySelectorAll("iframe, base, form, img, object, embed, link").length`, "0")
	b.is(`document.scripts.length`, "1")
	b.quiet(address)
}

// TestHTMLWithoutScripts sees that everything is there to be read where scripts
// are off.
func TestHTMLWithoutScripts(t *testing.T) {
	b := newBrowser(t)
	b.run(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	address := b.open(samplePage(t))
	b.run(chromedp.WaitVisible("#F2"), chromedp.WaitNotVisible("#timeline"))
	text := value(b, chromedp.Text("body"))
	for _, want := range []string{"What happened", "maxClientCnxns=600", "this was done", "What was not read", "core.1234", "socket/leak", "+2.104s ±0.4ms"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page without scripts lacks %q", want)
		}
	}
	b.run(chromedp.Click(`label[for="lang-zh"]`))
	text = value(b, chromedp.Text("#F1"))
	if !strings.Contains(text, "客户端连接 ZooKeeper") || strings.Contains(text, "Clients connect") {
		t.Error("the language does not change without scripts")
	}
	b.quiet(address)
}

// ready waits until the script has drawn the timeline.
func (b *browser) ready() {
	b.t.Helper()
	if !value(b, chromedp.Poll[bool](`!document.getElementById("timeline").hidden && document.getElementById("view").textContent !== ""`)) {
		b.t.Fatal("the script drew no timeline")
	}
}
