/** In one line: whether billing is live, and how many lines wait for approval; each leads to where that is decided. */
import { Content } from '@patternfly/react-core';
import { Link } from 'react-router';
import { listHolds, readBrake } from '../../../src/contracts/routes/invoices.ts';
import { useRead } from '../data/use-read.ts';
import { common } from '../texts/common.ts';
import { brakeTexts as texts } from '../texts/console-invoices.ts';
import { brakeAddress, holdsAddress } from './addresses.ts';

const everyMs = 30_000;

/** It has the height of a line from the beginning: nothing below it moves when the answers come. */
export function BillingStatus() {
  const brake = useRead(readBrake, {}, { everyMs });
  const holds = useRead(listHolds, { query: { limit: 1 } }, { everyMs });
  return (
    <Content component="p">
      {brake.data !== undefined && holds.data !== undefined ? (
        <>
          <Link to={brakeAddress}>{texts.status[brake.data.mode]}</Link>
          {' · '}
          <Link to={holdsAddress}>{texts.held(holds.data.total)}</Link>
        </>
      ) : brake.isError || holds.isError ? (
        texts.unknown
      ) : (
        common.loading
      )}
    </Content>
  );
}
