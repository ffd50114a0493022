/** How far the building of the pages is. */
export type PagesState =
  | { state: 'building' }
  | { state: 'built' }
  /** Nothing builds them: what is in the folder is served. */
  | { state: 'off' }
  | { state: 'failed'; reason: string };
