/** What is wrong with a plans.yaml, and what it would change. */
import { Alert, Stack, StackItem } from '@patternfly/react-core';
import type { CheckAnswer } from '../../../src/contracts/plan-catalogue.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { wholeRead } from '../list/whole-read.ts';
import { common } from '../texts/common.ts';
import { catalogueTexts } from '../texts/console-catalogue.ts';

const texts = catalogueTexts.change;

type Issue = CheckAnswer['issues'][number];
const issueColumns: readonly Column<Issue>[] = [
  { key: 'line', label: texts.issueColumns.line, cell: ({ line }) => line ?? common.none },
  { key: 'path', label: texts.issueColumns.path, cell: ({ path }) => path },
  { key: 'message', label: texts.issueColumns.message, cell: ({ message }) => message },
];

type Difference = CheckAnswer['diff'][number];
const diffColumns: readonly Column<Difference>[] = [
  { key: 'plan', label: texts.diffColumns.plan, cell: ({ plan }) => plan },
  { key: 'version', label: texts.diffColumns.version, cell: ({ version }) => version },
  { key: 'field', label: texts.diffColumns.field, cell: ({ field }) => field },
  { key: 'before', label: texts.diffColumns.before, cell: ({ before }) => before ?? common.none },
  { key: 'after', label: texts.diffColumns.after, cell: ({ after }) => after ?? common.none },
];

export function CheckResult({ answer }: { answer: CheckAnswer }) {
  const { valid, issues, diff } = answer;
  return (
    <Stack hasGutter>
      <StackItem>
        <div role="status">
          <Alert
            isInline
            variant={valid ? 'success' : 'danger'}
            title={valid ? texts.valid : texts.invalid(issues.length)}
          />
        </div>
      </StackItem>
      {issues.length === 0 ? null : (
        <StackItem>
          <PlainList
            label={texts.issuesLabel}
            columns={issueColumns}
            idOf={({ path, message, line }) => [path, message, line].join(' ')}
            read={wholeRead(issues)}
            empty={null}
          />
        </StackItem>
      )}
      {valid ? (
        <StackItem>
          <PlainList
            label={texts.diffLabel}
            columns={diffColumns}
            idOf={({ plan, version, field }) => [plan, version, field].join(' ')}
            read={wholeRead(diff)}
            empty={<NothingYet title={texts.sameTitle}>{texts.same}</NothingYet>}
          />
        </StackItem>
      ) : null}
    </Stack>
  );
}
