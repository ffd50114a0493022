/** A page in its place: its title, and that it is shown to whom it is for. */
import { Button, EmptyState, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { type ComponentType, useEffect } from 'react';
import { useNavigate } from 'react-router';
import { isFor, type Page } from '../page.ts';
import { homeOf } from '../session/return-to.ts';
import { useMay, useSession } from '../session/session.tsx';
import { common } from '../texts/common.ts';
import { Safely } from './safely.tsx';

export function FramedPage({ page, Body }: { page: Omit<Page, 'load'>; Body: ComponentType }) {
  const { kind, name } = useSession();
  const mayCall = useMay();
  const navigate = useNavigate();
  useEffect(() => {
    document.title = `${page.title} · ${common.product}`;
  }, [page.title]);
  if (isFor(page, kind) && mayCall(page.needs)) {
    return (
      <Safely>
        <Body />
      </Safely>
    );
  }
  return (
    <EmptyState headingLevel="h1" titleText={common.otherAudienceTitle}>
      <EmptyStateBody>{common.otherAudience(name)}</EmptyStateBody>
      <EmptyStateFooter>
        <Button onClick={() => void navigate(homeOf(kind))}>{common.home}</Button>
      </EmptyStateFooter>
    </EmptyState>
  );
}
