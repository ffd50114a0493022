/** A customer's deployment: what is wanted beside what was observed, why it is not where it should be, and what drifted. */
import { Alert, Card, CardBody, CardTitle, Label, Stack, StackItem } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { CustomerAnswer } from '../../../src/contracts/customers.ts';
import type { DeploymentAnswer } from '../../../src/contracts/deployments.ts';
import { readDeployment } from '../../../src/contracts/routes/deployments.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { Facts } from '../list/facts.tsx';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { wholeRead } from '../list/whole-read.ts';
import { jobAddress } from '../queue/addresses.ts';
import { ReadPart } from '../states/read-part.tsx';
import { common } from '../texts/common.ts';
import { customerTexts } from '../texts/console-customers.ts';
import { Time } from '../time/time.tsx';
import { DeploymentLabel } from './status-labels.tsx';

const texts = customerTexts.deployment;
const everyMs = 5_000;

type Part = keyof typeof texts.rows;
interface Row {
  part: Part;
  wanted: string | null;
  observed: string | null;
}
const textOf = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

const rowsOf = ({ wanted, observed }: DeploymentAnswer): Row[] =>
  (Object.keys(texts.rows) as Part[]).map((part) => ({
    part,
    wanted: textOf(wanted[part]),
    observed: textOf(observed[part]),
  }));

const columns: readonly Column<Row>[] = [
  { key: 'what', label: texts.what, cell: ({ part }) => texts.rows[part] },
  { key: 'wanted', label: texts.wanted, cell: ({ wanted }) => wanted ?? common.none },
  { key: 'observed', label: texts.observed, cell: ({ observed }) => observed ?? common.none },
  {
    key: 'differs',
    label: texts.differs,
    cell: ({ wanted, observed }) =>
      wanted === observed ? (
        texts.same
      ) : (
        <Label isCompact variant="outline" status="warning">
          {texts.differs}
        </Label>
      ),
  },
];

type Drifted = DeploymentAnswer['drift'][number];
const driftColumns: readonly Column<Drifted>[] = [
  { key: 'object', label: texts.driftColumns.object, cell: ({ object }) => object },
  { key: 'kind', label: texts.driftColumns.kind, cell: ({ kind }) => kind },
  { key: 'difference', label: texts.driftColumns.difference, cell: ({ difference }) => difference },
];

function Found({ answer }: { answer: DeploymentAnswer }) {
  const { observed, drift, drift_checked_at = null, suspended_for } = answer;
  return (
    <Stack hasGutter>
      {suspended_for === null ? null : (
        <StackItem>
          <Alert
            isInline
            isPlain
            variant="warning"
            title={`${texts.suspendedFor} ${texts.suspensions[suspended_for]}.`}
          />
        </StackItem>
      )}
      {observed.reason === null || observed.reason === undefined ? null : (
        <StackItem>
          <Alert isInline variant="danger" title={texts.reason(observed.reason_code ?? common.none)}>
            <span className="tenantry-foreign">{observed.reason}</span>
          </Alert>
        </StackItem>
      )}
      <StackItem>
        <PlainList
          label={texts.compareLabel}
          columns={columns}
          idOf={({ part }) => part}
          read={wholeRead(rowsOf(answer))}
          empty={null}
        />
      </StackItem>
      <StackItem>
        {drift.length === 0 ? (
          <NothingYet title={texts.noDriftTitle}>
            {drift_checked_at === null ? texts.neverChecked : texts.noDrift}
          </NothingYet>
        ) : (
          <PlainList
            label={texts.driftLabel}
            columns={driftColumns}
            idOf={({ object, kind, difference }) => [object, kind, difference].join(' ')}
            read={wholeRead(drift)}
            empty={null}
          />
        )}
        {drift_checked_at === null ? null : (
          <p>
            {texts.driftChecked} <Time at={drift_checked_at} />
          </p>
        )}
      </StackItem>
    </Stack>
  );
}

export function Deployment({ customerId, deployment }: { customerId: string } & Pick<CustomerAnswer, 'deployment'>) {
  const read = useRead(readDeployment, { params: { customerId } }, { everyMs });
  const { status, namespace, instance_url, job_id } = deployment;
  return (
    <Card>
      <CardTitle component="h2">{texts.title}</CardTitle>
      <CardBody>
        <Stack hasGutter>
          <StackItem>
            <Facts
              facts={[
                [texts.status, <DeploymentLabel key="s" status={status} />],
                [texts.namespace, namespace],
                [texts.address, instance_url],
                [
                  texts.job,
                  job_id === null ? null : (
                    <Link key="j" to={jobAddress(job_id)}>
                      {job_id}
                    </Link>
                  ),
                ],
              ]}
            />
          </StackItem>
          <StackItem>
            <ReadPart read={read}>{(answer) => <Found answer={answer} />}</ReadPart>
          </StackItem>
        </Stack>
      </CardBody>
    </Card>
  );
}
