// Package script bundles the TypeScript of the report page. The tests use it to
// see that the committed bundle is what its source gives.
package script

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// Build returns the bundle of the script in a folder.
func Build(dir string) ([]byte, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	licence, err := os.ReadFile(filepath.Join(abs, "uplot", "LICENSE"))
	if err != nil {
		return nil, err
	}
	r := api.Build(api.BuildOptions{
		EntryPoints: []string{"app.ts"}, AbsWorkingDir: abs, Bundle: true, Format: api.FormatIIFE,
		Target: api.ES2022, Charset: api.CharsetASCII, MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, LegalComments: api.LegalCommentsNone,
		Banner:      map[string]string{"js": "/* The charts are drawn by uPlot 1.6.32:\n" + string(licence) + "*/"},
		TsconfigRaw: `{"compilerOptions":{"strict":true}}`, Write: false, Outfile: "app.js",
	})
	var all []error
	for _, m := range r.Errors {
		where := ""
		if m.Location != nil {
			where = m.Location.File + ": " + m.Location.LineText + ": "
		}
		all = append(all, errors.New(where+m.Text))
	}
	if len(all) > 0 || len(r.OutputFiles) == 0 {
		return nil, errors.Join(all...)
	}
	return r.OutputFiles[0].Contents, nil
}
