/** Light, dark, or as the system: kept in the browser, set before the first paint. */
import { useSyncExternalStore } from 'react';

export const themes = ['light', 'dark', 'system'] as const;
export type Theme = (typeof themes)[number];

const key = 'tenantry.theme';
const darkClass = 'pf-v6-theme-dark';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

const isTheme = (text: string | null): text is Theme => themes.some((theme) => theme === text);

function chosen(): Theme {
  const kept = window.localStorage.getItem(key);
  return isTheme(kept) ? kept : 'system';
}

/** Puts the theme on the page. */
export function applyTheme(): void {
  const theme = chosen();
  const dark = theme === 'dark' || (theme === 'system' && system.matches);
  document.documentElement.classList.toggle(darkClass, dark);
}

function chooseTheme(theme: Theme): void {
  window.localStorage.setItem(key, theme);
  applyTheme();
  for (const listener of listeners) listener();
}

system.addEventListener('change', applyTheme);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** The chosen theme and how another is chosen. */
export const useTheme = (): [Theme, (theme: Theme) => void] => [useSyncExternalStore(subscribe, chosen), chooseTheme];
