/**
 * `npm run stripe-by-hand`: lives through the same chapters at the stand-in and, with STRIPE_TEST_KEY, at Stripe itself, and says
 * where the two differ. Exit code 0: nowhere; 1: somewhere, or a chapter broke off. docs/stripe-by-hand.md has what to do with it.
 */
import { type Chapter, type Fact, liveThrough } from './support/stripe/book.ts';
import { lifeChapters } from './support/stripe/chapters-life.ts';
import { moneyChapters } from './support/stripe/chapters-money.ts';
import { thingChapters } from './support/stripe/chapters-things.ts';
import { openRealSide, openStandInSide } from './support/stripe/sides.ts';

const chapters = [...lifeChapters, ...moneyChapters, ...thingChapters];

const factOf = (facts: readonly Fact[], { chapter, what }: Fact): string =>
  facts.find((fact) => fact.chapter === chapter && fact.what === what)?.fact ?? 'not told';

/** Prints one side's facts, or both where they differ; whether they are good. */
function judge(ours: readonly Fact[], theirs: readonly Fact[] | null): boolean {
  const told = [...ours, ...(theirs ?? []).filter((fact) => factOf(ours, fact) === 'not told')];
  let differences = 0;
  for (const fact of told) {
    const [our, their] = [factOf(ours, fact), theirs === null ? null : factOf(theirs, fact)];
    const same = their === null || our === their;
    if (!same) differences += 1;
    console.log(`${same ? '  ' : '! '}${fact.chapter}: ${fact.what}`);
    console.log(same ? `    ${our}` : `    stand-in ${our}\n    Stripe   ${their}`);
  }
  const broken = told.filter(({ what }) => what === 'broke off').length;
  const compared =
    theirs === null ? 'told by the stand-in; STRIPE_TEST_KEY compares them' : `compared, ${differences} differ`;
  console.log(`${told.length} facts ${compared}; ${broken} chapters broke off`);
  return differences === 0 && broken === 0;
}

const wanted = process.argv.slice(2);
const chosen: Chapter[] = chapters.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
if (chosen.length === 0) {
  console.error(`no chapter has that in its name; there are:\n${chapters.map(({ name }) => `  ${name}`).join('\n')}`);
  process.exit(2);
}
const key = process.env['STRIPE_TEST_KEY'];
const real = key ? openRealSide(key) : null;
const standIn = await openStandInSide();
const say = (line: string) => console.error(line);
try {
  const ours = await liveThrough(standIn, chosen, say);
  const theirs = real === null ? null : await liveThrough(real, chosen, say);
  process.exitCode = judge(ours, theirs) ? 0 : 1;
} finally {
  await standIn.close();
}
