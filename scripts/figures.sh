#!/bin/sh
# Reads what "go test -v" prints and shows failures, figures that tests log, and
# how each package ended. Fails where a test failed.
awk '
	/^(=== |--- PASS|    --- PASS|--- SKIP|    --- SKIP|PASS$)/ { next }
	/^[ \t]*--- FAIL/ || /^FAIL/ || /^panic:/ { failed = 1 }
	{ print }
	END { exit failed }
'
