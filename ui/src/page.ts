/** What a page of the app says of itself, as data: routes, navigation and titles are made of it. */
import type { ComponentType } from 'react';
import type { Route } from '../../src/contracts/route.ts';
import type { Audience } from './session/may.ts';

export interface Page {
  /** react-router's path syntax. */
  path: string;
  audience: Audience;
  /** Others who may look at it, too. */
  alsoFor?: readonly Audience[];
  /** The document's title, before the product's name. */
  title: string;
  /** The read without which there is nothing to show: who may not call it is not led here. */
  needs: Pick<Route, 'allow'>;
  /** Its entry in the navigation; absent for a page that others lead to. */
  nav?: string;
  /** Loaded when the page is opened. */
  load: () => Promise<{ Page: ComponentType }>;
}

/** Whether the page is for that kind of people. */
export const isFor = ({ audience, alsoFor = [] }: Pick<Page, 'audience' | 'alsoFor'>, kind: Audience): boolean =>
  audience === kind || alsoFor.includes(kind);
