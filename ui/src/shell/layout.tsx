/** The frame of every page of somebody who is signed in: bar, navigation, the page itself. */
import { Page, SkipToContent } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import { WithSession } from '../session/session.tsx';
import { common } from '../texts/common.ts';
import { TopBar } from './masthead.tsx';
import { Navigation } from './navigation.tsx';
import { SignOut } from './sign-out.tsx';

const mainId = 'page';
/** PatternFly's own edge, from which on the navigation stands beside the page. */
const wide = window.matchMedia('(min-width: 75rem)');

/** PatternFly looks at the window's width, and shows its navigation on a phone, only where somebody listens. */
const askForWidth = () => {};

export function Layout() {
  const [isOpen, setOpen] = useState(wide.matches);
  const { pathname } = useLocation();
  useEffect(() => {
    const follow = () => setOpen(wide.matches);
    wide.addEventListener('change', follow);
    return () => wide.removeEventListener('change', follow);
  }, []);
  // A page that was chosen begins at its top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what it follows
  useEffect(() => {
    void document.getElementById(mainId)?.scrollTo(0, 0);
  }, [pathname]);
  return (
    <WithSession>
      <Page
        mainContainerId={mainId}
        mainTabIndex={-1}
        onPageResize={askForWidth}
        skipToContent={<SkipToContent href={`#${mainId}`}>{common.skip}</SkipToContent>}
        masthead={
          <TopBar navigation={{ isOpen, toggle: () => setOpen(!isOpen) }}>
            <SignOut />
          </TopBar>
        }
        sidebar={
          <Navigation
            isOpen={isOpen}
            onChoose={() => {
              if (!wide.matches) setOpen(false);
            }}
          />
        }
      >
        <Outlet />
      </Page>
    </WithSession>
  );
}
