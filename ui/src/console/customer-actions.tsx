/** What can be done with a customer, by how they are and by who looks. */
import { ActionList, ActionListItem, Alert, AlertActionCloseButton } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { CustomerAnswer } from '../../../src/contracts/customers.ts';
import { listAccountKeys } from '../../../src/contracts/routes/account-keys.ts';
import { listAudit } from '../../../src/contracts/routes/audit.ts';
import { readCost } from '../../../src/contracts/routes/costs.ts';
import {
  deactivateCustomer,
  listCustomers,
  reactivateCustomer,
  readCustomer,
} from '../../../src/contracts/routes/customers.ts';
import { checkDrift, readDeployment, redeploy } from '../../../src/contracts/routes/deployments.ts';
import { listLicences, readLicence } from '../../../src/contracts/routes/licences.ts';
import { Deed } from '../confirm/deed.tsx';
import { Once } from '../confirm/once.tsx';
import { saying } from '../confirm/saying.ts';
import { Words } from '../confirm/words.tsx';
import { jobAddress } from '../queue/addresses.ts';
import { customerTexts } from '../texts/console-customers.ts';

const texts = customerTexts.actions;
const deployed = [readCustomer, readDeployment, listAudit];
const everything = [...deployed, listCustomers, listAccountKeys, readLicence, listLicences, readCost];

export interface CustomerActionsProps {
  answer: CustomerAnswer;
  /** What the deployment's last run failed of. */
  reasonCode: string | null;
  hasDrift: boolean;
}

export function CustomerActions({ answer, reasonCode, hasDrift }: CustomerActionsProps) {
  const { customer, subscription, deployment } = answer;
  const [job, setJob] = useState<string | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const params = { customerId: customer.customer_id };
  const company = customer.company_name;
  const isDeployed = deployment.status !== 'deleted' && deployment.status !== 'deleting';
  const onOrdered = ({ job_id }: { job_id: string }) => setJob(job_id);
  return (
    <>
      <ActionList>
        {isDeployed ? (
          <>
            <ActionListItem>
              <Deed
                route={redeploy}
                label={texts.redeploy.label}
                title={texts.redeploy.title}
                what={<Words of={texts.redeploy.what(company)} />}
                reason="needed"
                input={(reason = '') => ({ params, body: { reason } })}
                changes={deployed}
                onDone={onOrdered}
              />
            </ActionListItem>
            {reasonCode === 'claim_lost' ? (
              <ActionListItem>
                <Deed
                  route={redeploy}
                  label={texts.acceptLoss.label}
                  title={texts.acceptLoss.title}
                  what={<Words of={texts.acceptLoss.what(company)} />}
                  reason="needed"
                  isDangerous
                  input={(reason = '') => ({ params, body: { reason, accept_data_loss: true } })}
                  changes={deployed}
                  onDone={onOrdered}
                />
              </ActionListItem>
            ) : null}
            <ActionListItem>
              <Deed
                route={checkDrift}
                label={texts.drift.label}
                title={texts.drift.title}
                what={<Words of={texts.drift.what} />}
                input={() => ({ params, body: { correct: false } })}
                changes={deployed}
                onDone={onOrdered}
              />
            </ActionListItem>
            {hasDrift ? (
              <ActionListItem>
                <Deed
                  route={checkDrift}
                  label={texts.correct.label}
                  title={texts.correct.title}
                  what={<Words of={texts.correct.what} />}
                  isDangerous
                  input={() => ({ params, body: { correct: true } })}
                  changes={deployed}
                  onDone={onOrdered}
                />
              </ActionListItem>
            ) : null}
          </>
        ) : null}
        <ActionListItem>
          {subscription.status === 'canceled' ? (
            <Deed
              route={reactivateCustomer}
              label={texts.reactivate.label}
              title={texts.reactivate.title}
              what={<Words of={texts.reactivate.what(company)} />}
              variant="primary"
              input={() => ({ params, body: {} })}
              changes={everything}
              onDone={({ api_key }) => setKey(api_key)}
            />
          ) : (
            <Deed
              route={deactivateCustomer}
              label={texts.deactivate.label}
              title={texts.deactivate.title}
              what={<Words of={texts.deactivate.what(company)} />}
              reason="optional"
              isDangerous
              input={(reason) => ({ params, body: saying(reason) })}
              changes={everything}
            />
          )}
        </ActionListItem>
      </ActionList>
      <Once label={texts.reactivate.secret} secret={key} onClose={() => setKey(null)} />
      {job === null ? null : (
        <div role="status">
          <Alert
            isInline
            variant="info"
            title={texts.ordered}
            actionClose={<AlertActionCloseButton onClose={() => setJob(null)} />}
          >
            <Link to={jobAddress(job)}>{texts.toJob}</Link>
          </Alert>
        </div>
      )}
    </>
  );
}
