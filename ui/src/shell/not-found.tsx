/** An address that no page has. */
import { Button, EmptyState, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { useNavigate } from 'react-router';
import { common } from '../texts/common.ts';

export function NotFound() {
  const navigate = useNavigate();
  return (
    <EmptyState headingLevel="h1" titleText={common.notFoundTitle}>
      <EmptyStateBody>{common.notFoundHint}</EmptyStateBody>
      <EmptyStateFooter>
        <Button onClick={() => void navigate('/')}>{common.home}</Button>
      </EmptyStateFooter>
    </EmptyState>
  );
}
