/** Light, dark, or as the system. */
import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import MoonIcon from '@patternfly/react-icons/dist/esm/icons/moon-icon';
import SunIcon from '@patternfly/react-icons/dist/esm/icons/sun-icon';
import { common } from '../texts/common.ts';
import { themes, useTheme } from './theme.ts';

const icons = { light: <SunIcon />, dark: <MoonIcon />, system: <DesktopIcon /> };

export function ThemeSwitch() {
  const [chosen, choose] = useTheme();
  return (
    <ToggleGroup aria-label={common.theme.label}>
      {themes.map((theme) => (
        <ToggleGroupItem
          key={theme}
          icon={icons[theme]}
          aria-label={common.theme[theme]}
          isSelected={theme === chosen}
          onChange={() => choose(theme)}
        />
      ))}
    </ToggleGroup>
  );
}
