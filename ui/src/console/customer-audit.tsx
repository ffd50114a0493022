/** What was done to a customer, newest first, as a timeline. */
import { Card, CardBody, CardTitle, Pagination, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import type { AuditView } from '../../../src/contracts/audit.ts';
import { listAudit } from '../../../src/contracts/routes/audit.ts';
import { useRead } from '../data/use-read.ts';
import { useListState } from '../list/list-state.ts';
import { NoRows, NothingYet } from '../list/no-rows.tsx';
import { SearchBox } from '../list/search-box.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { auditTexts as texts } from '../texts/console-customer-parts.ts';
import { Time } from '../time/time.tsx';

const noFilters: readonly string[] = [];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function Entry({ entry }: { entry: AuditView }) {
  const { at, action, actor, details, request_id } = entry;
  return (
    <Card isCompact isPlain>
      <CardTitle component="h2">{action}</CardTitle>
      <CardBody className="tenantry-foreign">
        <p>
          <Time at={at} /> {texts.by(actor)}
        </p>
        <ul>
          {Object.entries(details).map(([name, value]) => (
            <li key={name}>{texts.entry(name, textOf(value))}</li>
          ))}
        </ul>
        <p>{texts.request(request_id)}</p>
      </CardBody>
    </Card>
  );
}

export function Audit({ customerId }: { customerId: string }) {
  const list = useListState(noFilters);
  const { page, limit, q } = list;
  const query = { customer_id: customerId, page, limit, ...(q === '' ? {} : { q }) };
  const audit = useRead(listAudit, { query }, { keep: true });
  return (
    <>
      <Toolbar>
        <ToolbarContent>
          <ToolbarItem>
            <SearchBox label={texts.search} value={q} onSearch={(next) => list.set({ q: next })} />
          </ToolbarItem>
          <ToolbarItem align={{ default: 'alignEnd' }}>
            <Pagination
              isCompact
              itemCount={audit.data?.total ?? 0}
              page={page}
              perPage={limit}
              onSetPage={(_, next) => list.set({ page: next })}
              onPerPageSelect={(_, next) => list.set({ limit: next, page: null })}
              titles={{ paginationAriaLabel: texts.label }}
            />
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      <ReadPart read={audit}>
        {({ items }) =>
          items.length === 0 ? (
            <NoRows
              isFiltered={q !== '' || page > 1}
              clear={list.clear}
              empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
            />
          ) : (
            <ol className="tenantry-timeline" aria-label={texts.label}>
              {items.map((entry) => (
                <li key={entry.audit_id}>
                  <Entry entry={entry} />
                </li>
              ))}
            </ol>
          )
        }
      </ReadPart>
    </>
  );
}
