/**
 * The YAML of plans.yaml: from its text to a plain value whose scalars are all texts, so that a decimal stays what was
 * written. Only what a person needs for a file of prices is YAML here: no anchors, aliases, tags or second document, no name
 * twice, and none of the names that every JavaScript object has. Pure.
 */
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { err, ok, type Result } from '../lib/result.ts';

/** What is wrong, and where: the path in the file's value, and the line where the file has one for it, else null. */
export interface PlansIssue {
  path: string;
  message: string;
  line: number | null;
}

/** Names and places of lists from the file's top to something in it. */
export type Path = readonly PropertyKey[];

export interface PlansText {
  value: unknown;
  /** The line of what stands at the path, or of the nearest thing around it. */
  lineOf: (path: Path) => number | null;
}

/** A longer text is refused before it is parsed, characters. */
export const plansTextMax = 256 * 1024;

/** Of a file that is wrong everywhere only so many faults are told. */
export const issuesMax = 50;

type Document = ReturnType<typeof parseDocument>;

/** The value of a file's text, or what is no YAML in it. */
export function readPlansText(text: string): Result<PlansText, PlansIssue[]> {
  if (text.length > plansTextMax)
    return err([{ path: '', message: `is longer than ${plansTextMax} characters`, line: null }]);
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  try {
    // Faults are put into words below: the parser's own pretty ones quote the file, which takes seconds for many of them.
    const document = parseDocument(text, {
      schema: 'failsafe',
      stringKeys: true,
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter: lines,
    });
    const faults = document.errors.map(({ code, message, pos }) => ({
      path: '',
      message: code === 'MULTIPLE_DOCS' ? 'is more than one document' : `is not YAML: ${message}`,
      line: lineAt(pos[0]),
    }));
    const issues = faults.length > 0 ? faults : [...refusals(document, lineAt)];
    if (issues.length > 0) return err(issues.slice(0, issuesMax));
    return ok({ value: document.toJS(), lineOf: (path) => lineOf(document, path, lineAt) });
  } catch (error) {
    // The parser calls itself for every level.
    if (error instanceof RangeError) return err([{ path: '', message: 'is nested too deeply', line: null }]);
    throw error;
  }
}

/** What is YAML, and not to stand in this file. */
function refusals(document: Document, lineAt: (offset: number) => number): PlansIssue[] {
  const issues: PlansIssue[] = [];
  const refuse = (node: Node, message: string) =>
    issues.push({ path: '', message, line: node.range ? lineAt(node.range[0]) : null });
  visit(document, (_, node) => {
    if (!isNode(node)) return;
    if (isAlias(node)) refuse(node, `is an alias (*${node.source}): write the value itself`);
    else if (node.anchor !== undefined) refuse(node, `has an anchor (&${node.anchor}): write the value itself`);
    else if (node.tag !== undefined) refuse(node, `has a tag (${node.tag}): write the value alone`);
    if (isMap(node)) for (const { key, message } of badNames(node)) refuse(key, message);
  });
  return issues;
}

/** Names that stand twice in a map, and those that every JavaScript object has. */
function badNames(map: YAMLMap): { key: Node; message: string }[] {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    const again = seen.has(name);
    seen.add(name);
    if (again) return [{ key, message: `names ${name} twice` }];
    return name in {} ? [{ key, message: `names ${name}, which no plan, meter or feature may be called` }] : [];
  });
}

function lineOf({ contents }: Document, path: Path, lineAt: (offset: number) => number): number | null {
  let node: unknown = contents;
  let offset: number | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (!pair) break;
      offset = isNode(pair.key) ? pair.key.range?.[0] : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = isNode(node) ? node.range?.[0] : offset;
    } else break;
  }
  return offset === undefined ? null : lineAt(offset);
}
