/** The top of a page: its title, and what it is for. */
import { Content, PageSection } from '@patternfly/react-core';

export function PageTop({ title, intro }: { title: string; intro?: string }) {
  return (
    <PageSection>
      <Content component="h1">{title}</Content>
      {intro === undefined ? null : (
        <Content component="p" className="tenantry-foreign">
          {intro}
        </Content>
      )}
    </PageSection>
  );
}
