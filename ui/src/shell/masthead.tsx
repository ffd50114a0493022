/** The bar at the top: product, theme, who is signed in. */
import {
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  PageToggleButton,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from '@patternfly/react-core';
import BarsIcon from '@patternfly/react-icons/dist/esm/icons/bars-icon';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { common } from '../texts/common.ts';
import { ThemeSwitch } from './theme-switch.tsx';

export interface TopBarProps {
  /** Without it there is no navigation to open. */
  navigation?: { isOpen: boolean; toggle: () => void };
  /** What stands at its end. */
  children?: ReactNode;
}

export function TopBar({ navigation, children }: TopBarProps) {
  return (
    <Masthead>
      <MastheadMain>
        {navigation ? (
          <MastheadToggle>
            <PageToggleButton
              aria-label={common.openNavigation}
              isSidebarOpen={navigation.isOpen}
              onSidebarToggle={navigation.toggle}
              icon={<BarsIcon />}
            />
          </MastheadToggle>
        ) : null}
        <MastheadBrand>
          <MastheadLogo component={(props) => <Link {...props} className="tenantry-brand" to="/" />}>
            {common.product}
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isStatic>
          <ToolbarContent>
            <ToolbarItem align={{ default: 'alignEnd' }}>
              <ThemeSwitch />
            </ToolbarItem>
            <ToolbarItem>{children}</ToolbarItem>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  );
}
