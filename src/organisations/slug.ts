/** Slugs: an organisation's name in lower-case letters, digits and hyphens. Pure. */

const slugCharsMax = 40;

/** What a slug makes of a name; empty where nothing of it is left. */
export const slugWords = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, slugCharsMax)
    .replace(/^-+|-+$/g, '');

/** A name's slug, made unique by a mark. */
export const markedSlug = (name: string, mark: string): string => {
  const words = slugWords(name);
  return words === '' ? mark : `${words}-${mark}`;
};
