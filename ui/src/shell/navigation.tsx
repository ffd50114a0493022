/** The pages that somebody may see, as links. */
import { Nav, NavItem, NavList, PageSidebar, PageSidebarBody } from '@patternfly/react-core';
import { Link, useLocation } from 'react-router';
import { isFor } from '../page.ts';
import { pages } from '../pages.ts';
import { useMay, useSession } from '../session/session.tsx';
import { common } from '../texts/common.ts';

/** Whether the place is the page, or below it. */
const isAt = (pathname: string, path: string): boolean =>
  path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);

/** The one of the paths that is nearest to the place, from above. */
const nearest = (pathname: string, paths: readonly string[]): string | undefined =>
  paths.filter((path) => isAt(pathname, path)).toSorted((a, b) => b.length - a.length)[0];

export function Navigation({ isOpen, onChoose }: { isOpen: boolean; onChoose: () => void }) {
  const { kind } = useSession();
  const mayCall = useMay();
  const { pathname } = useLocation();
  const shown = pages.filter((page) => page.nav !== undefined && isFor(page, kind) && mayCall(page.needs));
  const here = nearest(
    pathname,
    shown.map(({ path }) => path),
  );
  return (
    <PageSidebar isSidebarOpen={isOpen}>
      <PageSidebarBody>
        <Nav aria-label={common.navigation}>
          <NavList>
            {shown.map(({ path, nav }) => (
              <NavItem key={path} isActive={path === here} onClick={onChoose}>
                <Link to={path}>{nav}</Link>
              </NavItem>
            ))}
          </NavList>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
