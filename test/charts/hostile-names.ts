/** Company names and emails that would do harm wherever text is taken for syntax. The same ones in every run. */
import fc from 'fast-check';

export interface HostileName {
  companyName: string;
  email: string;
}

/** Each was chosen for one reader that could take it for more than text: Helm's flags, YAML, templates, shells, kubelet. */
const crafted = [
  // Helm's --set and argument parsers
  'Acme,admin=true',
  'customer.id=cust_0,plan=enterprise',
  '--set=suspended=true',
  '-f /etc/passwd',
  '--kube-context=other',
  // YAML 1.1 words and numbers
  'NO',
  'yes',
  'on',
  'null',
  '~',
  '1e3',
  '0x1F',
  '0777',
  '12:30:45',
  '2026-11-21',
  '.inf',
  '=',
  '<<',
  // YAML syntax
  '{a: b}',
  '[a, b]',
  '&anchor name',
  '*alias',
  '!!binary aGVsbG8=',
  '!tag x',
  '| literal',
  '> folded',
  '- item',
  '? key',
  'key: value',
  'name # comment',
  '%TAG ! tag:x',
  '---',
  '...',
  '@at',
  '`backtick`',
  // quotes and escapes
  '"',
  "'",
  "'\"'\"'",
  'a" b: "c',
  "it's",
  '\\',
  '\\n',
  '\\x41\\u0041',
  'ends with \\',
  'ends with "',
  '""',
  // templates of Helm, Go and others, and kubelet's own variables
  '{{ .Values.license.publicKey }}',
  '{{ fail "no" }}',
  '{{- range . }}',
  '}}',
  '{{/*',
  '{{ include "instance.name" . }}',
  '$(PGPASSWORD)',
  '$$(PGPASSWORD)',
  '$PGPASSWORD',
  '$(rm -rf /)',
  '`id`',
  '; rm -rf /',
  '| cat',
  '%s%n%d',
  // JSON, HTML, SQL
  '"}, "plan": "enterprise", {"x": "',
  '<script>alert(1)</script>',
  "'; DROP TABLE customers; --",
  // Unicode
  'Müller & Söhne GmbH',
  '株式会社エクザンプル',
  'شركة المثال',
  '😀👩‍👩‍👧',
  'zero\u200bwidth',
  'right\u202eleft',
  '\ufeffbyte order mark',
  'line\u2028separator\u2029both',
  'soft\u00adhyphen',
  'no\u00a0break',
  'not a character \uffff\ufffe',
  'tag \u{e0041}',
  'last \u{10ffff}',
  'e\u0301 and é',
  // shape
  'x'.repeat(200),
  '😀'.repeat(100),
  ' '.repeat(3).concat('spaces inside   stay'),
  '../../etc/passwd',
  'a/b\\c',
  '.',
];

const pieces = [
  ...'{}[]()<>"\'`\\|&*!%@#?:,;=~^$-_./+ ',
  '{{',
  '}}',
  '---',
  ': ',
  ' #',
  '${',
  '$(',
  'é',
  '漢',
  '😀',
  '\u2028',
  'a',
  '0',
];
const generated = fc.string({ unit: fc.constantFrom(...pieces), minLength: 1, maxLength: 40 });
const seed = 20261121;

/**
 * `count` hostile names: the crafted ones, then random mixtures of syntax. The emails are worse than any that signup would
 * take, because the chart must not rely on signup. No control characters: the API refuses those.
 */
export function hostileNames(count: number): HostileName[] {
  const random = fc.sample(generated, { numRuns: 2 * count, seed });
  const names = [...new Set([...crafted, ...random])].slice(0, count);
  return names.map((companyName, index) => ({
    companyName,
    email: index % 2 === 0 ? `${companyName}@example.com` : `"${companyName}"+x@example.com`,
  }));
}
