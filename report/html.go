package report

import (
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"html/template"
	"io"
)

//go:generate go run ./html/bundle

var (
	//go:embed html/report.tmpl
	htmlShape string
	//go:embed html/report.css
	htmlStyle string
	//go:embed html/uplot/uPlot.min.css
	htmlCharts string
	//go:embed html/app.js
	htmlScript string
)

var htmlTemplate = template.Must(template.New("report").Funcs(template.FuncMap{"w": w}).Parse(htmlShape))

// HTML writes a report as one page that needs nothing else: no network, no
// other file, and no script to be read in full. It takes the same report in
// English and Chinese; the first of them is the language it opens in.
//
// Whatever came from an input stands in it as text or as a plain attribute
// value. What the script works on is the text of an element that is not run.
func HTML(w io.Writer, first *Report, others ...*Report) error {
	p := newHTMLPage(append([]*Report{first}, others...))
	p.Style = template.HTML("<style>" + htmlStyle + htmlCharts + "</style>") //nolint:gosec // our own file
	p.Script = template.HTML("<script>" + htmlScript + "</script>")          //nolint:gosec // our own file
	p.CSP = "default-src 'none'; script-src '" + sourceHash(htmlScript) + "'; style-src '" + sourceHash(htmlStyle+htmlCharts) +
		"'; img-src data:; base-uri 'none'; form-action 'none'"
	return htmlTemplate.Execute(w, p)
}

// sourceHash is how a Content-Security-Policy names a text that may run.
func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
