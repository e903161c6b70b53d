# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# checkpatch.sh - which of its messages are ours, for which code.

# Types of messages that are off, and why:
#   MACRO_ARG_REUSE  type-checking macros name their argument twice, unevaluated
#   BIT_MACRO        pure files and on-media flags stay free of <linux/bits.h>
#   CAMELCASE        ACPICA and BTF spell their members so
#   OPEN_ENDED_LINE  a prototype with a long name may break after "("
#   COMPLEX_MACRO, BRACKET_SPACE, MACRO_WITH_FLOW_CONTROL
#                    one list of codes or commands expands to enum, names and switch
#   SUSPECT_CODE_INDENT   taken in by loops and conditions inside macros
#   EMBEDDED_FUNCTION_NAME   taken in by words of a message that also name a function
#   LONG_LINE_STRING a message stays on one line, to be found by who searches for it
#   LINE_SPACING     DEFINE_FREE() and COMPAT_*() belong to the function above them,
#                    scoped variables may need a statement before the next
#   UNCOMMENTED_DEFINITION   lock.h says of every lock what it protects
#   MACRO_ARG_PRECEDENCE     taken in by names of members
checkpatch_off=MACRO_ARG_REUSE,BIT_MACRO,CAMELCASE,OPEN_ENDED_LINE
checkpatch_off+=,COMPLEX_MACRO,BRACKET_SPACE,MACRO_WITH_FLOW_CONTROL
checkpatch_off+=,SUSPECT_CODE_INDENT,EMBEDDED_FUNCTION_NAME
checkpatch_off+=,LONG_LINE_STRING,LINE_SPACING,UNCOMMENTED_DEFINITION,MACRO_ARG_PRECEDENCE
# Trace events are laid out as everywhere in the kernel, which checkpatch dislikes.
checkpatch_off_trace=$checkpatch_off,PARENTHESIS_ALIGNMENT,LINE_SPACING,SPACING
# The compat layer names types of callbacks and generates functions in macros.
checkpatch_off_compat=$checkpatch_off,NEW_TYPEDEFS,LINE_SPACING
# Programs that run in user space have no kernel helpers to prefer: layout only.
checkpatch_user=TRAILING_WHITESPACE,CODE_INDENT,LEADING_SPACE,SPACE_BEFORE_TAB,LONG_LINE,LONG_LINE_COMMENT
checkpatch_user+=,BRACES,INDENTED_LABEL,SWITCH_CASE_INDENT_LEVEL,SPDX_LICENSE_TAG
checkpatch_user+=,MISSING_EOF_NEWLINE,TYPO_SPELLING

# An operand of asm that is an argument of _ASM_EXTABLE() looks to it like a remainder.
checkpatch() { # OPTION FILE...
	local script option=$1

	shift
	[ $# -gt 0 ] || return 0
	script=$("$lib/checkpatch")
	mkdir -p build/static
	# At the top of a git tree it would leave a cache of its own there.
	(cd build/static && printf '%s\0' "${@/#/$top/}" | xargs -0 -P "$(nproc)" -n 20 "$script" --no-tree --root="$top" \
		--strict --terse --show-types --no-summary --quiet --max-line-length=100 "$option" -f 2>&1 ||
		[ $? -eq 123 ]) |
		sed "s#^$top/##; /spaces preferred around that '%' (ctx:WxV)/d" | complain
}

kernel_code=(drivers include tools/testing/nvdimm/compat tools/testing/nvdimm/provider
	tools/testing/nvdimm/nfit_test)
