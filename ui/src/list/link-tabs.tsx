/**
 * Tabs that are addresses: each is a link, can be opened in a window of its own and gone back from. PatternFly's `Tabs`
 * would name contents that are not there, which screen readers stumble over.
 */
import { Badge, Nav, NavItem, NavList } from '@patternfly/react-core';
import { Link } from 'react-router';
import { common } from '../texts/common.ts';

export interface LinkTab {
  label: string;
  to: string;
  isActive: boolean;
  /** How many are there; null: not known yet. Absent: there is nothing to count. */
  count?: number | null;
}

export function LinkTabs({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) {
  return (
    <Nav variant="horizontal-subnav" aria-label={label} className="tenantry-tabs">
      <NavList>
        {tabs.map((tab) => (
          <NavItem key={tab.to} isActive={tab.isActive}>
            <Link to={tab.to}>
              {tab.label} {tab.count === undefined ? null : <Badge isRead>{tab.count ?? common.none}</Badge>}
            </Link>
          </NavItem>
        ))}
      </NavList>
    </Nav>
  );
}
