# SPDX-License-Identifier: GPL-2.0
#
# jq -r --arg of COMMAND --slurpfile schema docs/ndstack.schema.json -f schema.jq: a line for each
# place where the input is not what definitions.COMMAND says. It knows of JSON Schema what that file
# uses, and complains of a schema that says more.

def words: ["$ref", "type", "enum", "minimum", "items", "properties", "required",
	"additionalProperties", "description"];

def kind: type as $t | if $t == "number" and . == floor then "integer" else $t end;

def is_of($types): kind as $k | any($types[]; . == $k or (. == "number" and $k == "integer"));

def differences($root; $s; $at):
	if $s["$ref"] then
		differences($root; $root.definitions[$s["$ref"] | ltrimstr("#/definitions/")]; $at)
	else
		. as $v |
		(($s | keys) - words | .[] | "\($at): the schema has \(.), which is not looked at"),
		(if $s.type and (is_of([$s.type] | flatten) | not) then
			"\($at): is \(kind), not \([$s.type] | flatten | join(" or "))" else empty end),
		(if $s.enum and (any($s.enum[]; . == $v) | not) then
			"\($at): \($v) is none of \($s.enum | tostring)" else empty end),
		(if $s.minimum and type == "number" and . < $s.minimum then
			"\($at): \($v) is less than \($s.minimum)" else empty end),
		(if type == "object" then
			(($s.required // [])[] | . as $name | select($v | has($name) | not) | "\($at): has no \(.)"),
			(keys[] | . as $name | if ($s.properties // {}) | has($name) then
				$v[$name] | differences($root; $s.properties[$name]; "\($at).\($name)")
			elif $s.additionalProperties == false then
				"\($at): has \($name), which is not in the schema"
			else empty end)
		else empty end),
		(if type == "array" and $s.items then
			range(length) as $i | $v[$i] | differences($root; $s.items; "\($at)[\($i)]")
		else empty end)
	end;

$schema[0] as $root |
if $root.definitions | has($of) then differences($root; $root.definitions[$of]; $of)
else "the schema has no \($of)" end
