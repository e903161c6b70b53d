# SPDX-License-Identifier: GPL-2.0
# The table of docs/reasons.md as initialisers of C, by the enumerators of include/nd/reason.h: a token
# that is not there does not compile. A row "as `checksum`" gets what that one says.
BEGIN { FS = " *\\| *" }
/^\| `[a-z-]+` \|/ {
	token = $2
	gsub(/`/, "", token)
	for (i = 3; i <= 4; i++) {
		gsub(/\\/, "", $i)
		gsub(/"/, "\\\"", $i)
	}
	order[++n] = token
	happened[token] = $3
	advice[token] = $4
}
END {
	for (i = 1; i <= n; i++) {
		token = order[i]
		other = advice[token]
		if (other ~ /^as `[a-z-]+`$/) {
			gsub(/^as `|`$/, "", other)
			advice[token] = advice[other]
		}
		name = toupper(token)
		gsub(/-/, "_", name)
		printf "[ND_REASON_%s] = { \"%s\", \"%s\" },\n", name, happened[token], advice[token]
	}
}
