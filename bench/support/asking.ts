/** Reads of a running platform, each asked in turn in every round, so that what else the machine does meets all of them. */
import { type Api, callApi } from './api.ts';

const WARM_UP_ROUNDS = 10;

/** What the others are compared with: GET /ready. */
export const NOTHING = 'a D1 query of nothing';

/** Milliseconds of each question, by its name. */
export async function ask(
  api: Api,
  questions: Record<string, () => string>,
  rounds: number,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(Object.keys(questions).map((name) => [name, []]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [name, path] of Object.entries(questions)) {
      const begun = performance.now();
      const { status, body } = await callApi(api, 'GET', path());
      if (status !== 200) throw new Error(`${name} answered ${status}: ${JSON.stringify(body)}`);
      if (round >= 0) times.get(name)?.push(performance.now() - begun);
    }
  }
  return times;
}

/** Nearest rank, in tenths. */
export function rankOf(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0) * 10) / 10;
}
