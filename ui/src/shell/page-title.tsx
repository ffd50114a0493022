/** The top of a page: where it is, what it is, what can be done. */
import { Breadcrumb, BreadcrumbItem, Content, Flex, FlexItem, PageSection } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

export interface PageTitleProps {
  title: string;
  intro?: string;
  /** The list that this is one of, and what this is called below it where that is not the title. */
  above?: { label: string; to: string; here?: string };
  /** Beside the title. */
  label?: ReactNode;
  actions?: ReactNode;
}

export function PageTitle({ title, intro, above, label, actions }: PageTitleProps) {
  return (
    <>
      {above === undefined ? null : (
        <PageSection type="breadcrumb">
          <Breadcrumb>
            <BreadcrumbItem>
              <Link to={above.to}>{above.label}</Link>
            </BreadcrumbItem>
            <BreadcrumbItem isActive className="tenantry-foreign">
              {above.here ?? title}
            </BreadcrumbItem>
          </Breadcrumb>
        </PageSection>
      )}
      <PageSection>
        <Flex>
          <FlexItem>
            <Content component="h1" className="tenantry-foreign">
              {title}
            </Content>
          </FlexItem>
          {label === undefined ? null : <FlexItem>{label}</FlexItem>}
        </Flex>
        {intro === undefined ? null : (
          <Content component="p" className="tenantry-foreign">
            {intro}
          </Content>
        )}
        {actions}
      </PageSection>
    </>
  );
}
