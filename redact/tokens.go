package redact

import "bytes"

// A tokenForm is a credential that is known by how it begins.
type tokenForm struct {
	begin string // in its own case
	least int    // how many characters follow
	most  int    // 0: any number
	is    func(byte) bool
	mixed bool // at least one digit and one letter follow
}

func isUpperDigit(c byte) bool { return isUpper(c) || isDigit(c) }
func isToken(c byte) bool      { return isWord(c) || c == '-' }
func isDotted(c byte) bool     { return isToken(c) || c == '.' }

// tokenForms are the forms that issuers document for their tokens.
var tokenForms = []tokenForm{
	{"AKIA", 16, 16, isUpperDigit, false}, {"ASIA", 16, 16, isUpperDigit, false}, {"ABIA", 16, 16, isUpperDigit, false}, {"ACCA", 16, 16, isUpperDigit, false},
	{"LTAI", 12, 24, isAlnum, true}, {"AKID", 28, 40, isAlnum, true},
	{"ghp_", 30, 0, isAlnum, false}, {"gho_", 30, 0, isAlnum, false}, {"ghu_", 30, 0, isAlnum, false}, {"ghs_", 30, 0, isDotted, false}, {"ghr_", 30, 0, isAlnum, false},
	{"github_pat_", 22, 0, isWord, false},
	{"glpat-", 16, 0, isDotted, false}, {"gldt-", 16, 0, isToken, true}, {"glrt-", 16, 0, isDotted, true}, {"glptt-", 16, 0, isToken, true}, {"glcbt-", 16, 0, isDotted, true},
	{"glft-", 16, 0, isToken, true}, {"glsoat-", 16, 0, isToken, true}, {"gloas-", 16, 0, isToken, true}, {"glagent-", 16, 0, isToken, true}, {"glimt-", 16, 0, isToken, true},
	{"xoxb-", 10, 0, isToken, true}, {"xoxp-", 10, 0, isToken, true}, {"xoxa-", 10, 0, isToken, true}, {"xoxr-", 10, 0, isToken, true}, {"xoxs-", 10, 0, isToken, true},
	{"xoxe-", 10, 0, isToken, true}, {"xoxe.", 10, 0, isDotted, true}, {"xoxc-", 10, 0, isToken, true}, {"xoxd-", 10, 0, isToken, true}, {"xapp-", 10, 0, isToken, true},
	{"AIza", 35, 35, isToken, false}, {"ya29.", 20, 0, isToken, false}, {"GOCSPX-", 20, 0, isToken, false},
	{"sk_live_", 16, 0, isAlnum, false}, {"sk_test_", 16, 0, isAlnum, false}, {"rk_live_", 16, 0, isAlnum, false}, {"rk_test_", 16, 0, isAlnum, false}, {"whsec_", 20, 0, isAlnum, false},
	{"sq0atp-", 20, 0, isToken, false}, {"sq0csp-", 20, 0, isToken, false}, {"SG.", 40, 0, isDotted, true},
	{"npm_", 30, 0, isAlnum, false}, {"pypi-AgEI", 40, 0, isToken, false}, {"rubygems_", 40, 0, isHex, false}, {"dckr_pat_", 20, 0, isToken, false}, {"dckr_oat_", 20, 0, isToken, false},
	{"s.", 24, 24, isAlnum, true}, {"hvs.", 20, 0, isToken, false}, {"hvb.", 20, 0, isToken, false}, {"hvr.", 20, 0, isToken, false}, {"dop_v1_", 40, 0, isHex, false}, {"doo_v1_", 40, 0, isHex, false},
	{"shpat_", 30, 0, isHex, false}, {"shpss_", 30, 0, isHex, false}, {"shpca_", 30, 0, isHex, false}, {"lin_api_", 30, 0, isAlnum, false},
	{"sk-proj-", 20, 0, isToken, true}, {"sk-ant-", 20, 0, isToken, true}, {"sk-svcacct-", 20, 0, isToken, true}, {"sk-", 32, 0, isAlnum, true},
	{"hf_", 30, 0, isAlnum, false}, {"NRAK-", 20, 0, isAlnum, true}, {"AGE-SECRET-KEY-1", 50, 0, isAlnum, false}, {"PMAK-", 40, 0, isToken, true},
	{"EAACEdEose0cBA", 10, 0, isAlnum, false}, {"atlasv1.", 40, 0, isToken, false}, {"dapi", 32, 34, isHexDash, true}, {"pul-", 40, 40, isHex, true},
	{"glsa_", 36, 0, isWord, true}, {"glc_", 40, 0, isBase64, true}, {"tskey-", 20, 0, isToken, true}, {"figd_", 30, 0, isToken, true},
	{"ATATT3", 40, 0, isBase64, true}, {"ATBB", 28, 36, isAlnum, true}, {"PVEAPIToken=", 20, 0, isTicket, true},
	{"sntrys_", 40, 0, isBase64, true}, {"CLOJARS_", 60, 60, isAlnum, false},
}

func isHexDash(c byte) bool { return isHex(c) || c == '-' }
func isTicket(c byte) bool  { return isIdent(c) || c == '@' || c == '!' || c == '=' }

var tokenTriggers = makeTokenTriggers()

func makeTokenTriggers() []trigger {
	list := []trigger{{"eyj", lookJWT}, {":aa", lookBot}}
	forms := map[string][]tokenForm{}
	var order []string
	for _, f := range tokenForms {
		low := string(bytes.ToLower([]byte(f.begin)))
		if forms[low] == nil {
			order = append(order, low)
		}
		forms[low] = append(forms[low], f)
	}
	for _, low := range order {
		list = append(list, trigger{low, func(s *scan, at int) {
			for i := range forms[low] {
				if to := forms[low][i].match(s.b, at); to > 0 {
					s.add(at, to, Token)
					return
				}
			}
		}})
	}
	return list
}

// match returns where the token that begins at a place ends, 0: none does.
func (f *tokenForm) match(b []byte, at int) int {
	if !hasAt(b, at, f.begin) || at > 0 && !beginsToken(b, at) {
		return 0
	}
	from := at + len(f.begin)
	limit := len(b)
	to := from
	for to < limit && f.is(b[to]) && to-from < 1024 {
		to++
	}
	for to > from && !isWord(b[to-1]) && b[to-1] != '=' {
		to--
	}
	n := to - from
	if n < f.least || f.most > 0 && n > f.most {
		return 0
	}
	if f.most > 0 && to < len(b) && isWord(b[to]) {
		return 0
	}
	sh := shapeOf(b[from:to])
	if f.mixed && (sh.digits == 0 || sh.lower+sh.upper == 0) || len(f.begin) == 2 && (sh.lower == 0 || sh.upper == 0) {
		return 0
	}
	return to
}

// beginsToken tells that what stands before a place belongs to something else.
func beginsToken(b []byte, at int) bool {
	c := b[at-1]
	if !isWord(c) {
		return c != '-' || at < 2 || !isAlnum(b[at-2])
	}
	// %3Dghp_…, \nghp_…
	return at > 2 && b[at-3] == '%' && isHex(b[at-2]) && isHex(c) || at > 1 && b[at-2] == '\\' && (c == 'n' || c == 't' || c == 'r')
}

// wholeToken tells that a value is a token by its own form, from end to end.
func wholeToken(v []byte) bool {
	if len(v) > 20 && v[0] == 'e' {
		return jwtEnd(v, 0) == len(v)
	}
	for i := range tokenForms {
		if tokenForms[i].begin[0] == v[0] && tokenForms[i].match(v, 0) == len(v) {
			return true
		}
	}
	return false
}

// lookJWT looks at three pieces of base64 that begin with {" and are joined by
// dots: a JSON web token, or five where it is encrypted.
func lookJWT(s *scan, at int) {
	if !hasAt(s.b, at, "eyJ") || at > 0 && !beginsToken(s.b, at) && s.b[at-1] != '_' {
		return
	}
	if to := jwtEnd(s.b, at); to > 0 {
		s.add(at, to, Token)
	}
}

func jwtEnd(b []byte, at int) int {
	i, parts := at, 0
	for parts < 5 {
		to := i
		for to < len(b) && isToken(b[to]) && to-i < longestValue {
			to++
		}
		if parts == 0 && to-i < 12 || parts == 1 && to-i < 8 {
			return 0
		}
		parts++
		i = to
		if i+1 >= len(b) || b[i] != '.' || !isToken(b[i+1]) {
			break
		}
		i++
	}
	if parts < 2 {
		return 0
	}
	return i
}

// lookBot looks at the token of a Telegram bot: digits, a colon, AA and more.
func lookBot(s *scan, at int) {
	b := s.b
	from := at
	for from > 0 && isDigit(b[from-1]) && at-from < 12 {
		from--
	}
	to := at + 1
	for to < len(b) && isToken(b[to]) && to-at < 60 {
		to++
	}
	if n := at - from; n < 8 || n > 10 || !hasAt(b, at, ":AA") || to-at != 36 {
		return
	}
	s.add(from, to, Token)
}
