/** What a job failed of: code, message, and what the objects said that are not ready. */
import { Alert, Card, CardBody, CardTitle, Stack, StackItem } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { Link } from 'react-router';
import type { JobView } from '../../../src/contracts/jobs.ts';
import { queueTexts } from '../texts/queue.ts';
import { jobsOfCause } from './addresses.ts';

const texts = queueTexts.detail;

export function JobError({ error, cause }: { error: NonNullable<JobView['error']>; cause: string | null }) {
  return (
    <Card>
      <CardTitle component="h2">{texts.error}</CardTitle>
      <CardBody>
        <Stack hasGutter>
          <StackItem>
            <Alert isInline variant="danger" title={error.code}>
              <p className="tenantry-foreign">{error.message}</p>
              {cause === null ? null : (
                <Link to={jobsOfCause(cause)} className="tenantry-foreign">
                  {queueTexts.causeFilter(cause)}
                </Link>
              )}
            </Alert>
          </StackItem>
          <StackItem>
            {error.events.length === 0 ? (
              <p>{texts.noEvents}</p>
            ) : (
              <Table aria-label={texts.events} variant="compact" gridBreakPoint="grid-md">
                <Thead>
                  <Tr>
                    <Th>{texts.object}</Th>
                    <Th>{texts.reason}</Th>
                    <Th>{texts.message}</Th>
                  </Tr>
                </Thead>
                <Tbody>
                  {error.events.map(({ object, reason, message }) => (
                    <Tr key={`${object}\n${reason}\n${message}`}>
                      <Td dataLabel={texts.object} modifier="breakWord">
                        {object}
                      </Td>
                      <Td dataLabel={texts.reason} modifier="breakWord">
                        {reason}
                      </Td>
                      <Td dataLabel={texts.message} modifier="breakWord">
                        {message}
                      </Td>
                    </Tr>
                  ))}
                </Tbody>
              </Table>
            )}
          </StackItem>
        </Stack>
      </CardBody>
    </Card>
  );
}
