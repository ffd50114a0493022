/** Some lives of the demo's cast, of the same seed each time: what the pages' tests play instead of the whole demo. */
import type { DemoApi } from '../../../dev/demo/api.ts';
import { cast, type Member } from '../../../dev/demo/cast.ts';
import { play } from '../../../dev/demo/run.ts';
import { plan } from '../../../dev/demo/story.ts';

const seed = 7;

/** By their place in the cast, with what differs from their life there. */
export type Lives = Readonly<Record<number, Partial<Member>>>;

export type Person = { customerId: string; member: Member };

/** Plays them. @returns who each became, by place in the cast; throws for who has not joined */
export async function playLives(
  api: DemoApi,
  lives: Lives,
  time: { from: number; until: number },
  arrivesAt?: () => number,
): Promise<(number: number) => Person> {
  const members = cast.flatMap((member) => (lives[member.number] ? [{ ...member, ...lives[member.number] }] : []));
  const { people } = await play(api, plan(members, { seed, ...time }), () => {}, arrivesAt);
  return (number) => {
    const person = people.get(number);
    if (person === undefined) throw new Error(`the short demo has no member ${number}`);
    return person;
  };
}
