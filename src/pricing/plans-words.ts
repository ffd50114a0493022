/** What zod finds in plans.yaml, as sentences for the one who wrote it. Pure. */
import type { z } from 'zod';
import type { Path } from './plans-text.ts';

type Issue = z.core.$ZodIssue;

/** A fault at a path, in words. */
export interface Fault {
  path: Path;
  message: string;
}

const kinds: Record<string, string> = {
  string: 'must be one word or number',
  object: 'must be a map of names',
  record: 'must be a map of names',
  array: 'must be a list',
};

/** Every fault, an unknown name each by itself. The issues carry their input (`reportInput`). */
export const faultsOf = (issues: readonly Issue[]): Fault[] => issues.flatMap(inWords);

function inWords(issue: Issue): Fault[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a word of this file' }));
    case 'invalid_union':
      return ofNearest(issue);
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? issue.message }];
    case 'invalid_type':
      return [{ path, message: issue.input === undefined ? 'is missing' : (kinds[issue.expected] ?? issue.message) }];
    case 'invalid_value':
      return [{ path, message: issue.input === undefined ? 'is missing' : `must be ${issue.values.join(' or ')}` }];
    case 'too_small':
      return [
        { path, message: issue.origin === 'string' ? 'must not be empty' : `must have at least ${issue.minimum}` },
      ];
    case 'too_big': {
      const what = issue.origin === 'string' ? 'characters' : 'entries';
      return [{ path, message: `must have at most ${issue.maximum} ${what}` }];
    }
    default:
      return [{ path, message: issue.message }];
  }
}

/** Of several forms the one that was meant, which has the fewest faults; the union's own words where none was. */
function ofNearest(issue: Extract<Issue, { code: 'invalid_union' }>): Fault[] {
  const { path } = issue;
  if (issue.input === undefined) return [{ path, message: 'is missing' }];
  const forms = issue.errors.map((errors) => faultsOf(errors)).toSorted((a, b) => a.length - b.length);
  const nearest = forms[0] ?? [];
  if (nearest.length !== 1 || nearest[0]?.path.length === 0) return [{ path, message: issue.message }];
  return nearest.map((fault) => ({ path: [...path, ...fault.path], message: fault.message }));
}
