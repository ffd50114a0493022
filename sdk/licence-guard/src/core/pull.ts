/**
 * One pull: the licence by its ETag, then the list of revocations, and the key set when one of them names a key that is not
 * known. Whatever fails leaves what is held.
 */
import { readKeys } from '../keys.ts';
import type { Answer, Client } from './client.ts';
import { type Holding, type Owner, type Taken, takeLicence, takeRevocations } from './holding.ts';

export interface Pulled {
  holding: Holding;
  /** What went wrong, a line each; empty when nothing did. */
  problems: string[];
  /** The licence that is held is the one in force, by the API's word; otherwise it is asked again soon. */
  checked: boolean;
  /** How long the API asks to be left alone, ms. */
  retryAfterMs: number;
}

type Take = (holding: Holding) => Promise<Taken>;

/** Takes something; when its key is not known and the keys are the API's, once more with the set of now. */
async function takeWithKeys(client: Client, holding: Holding, given: boolean, take: Take): Promise<Taken> {
  const first = await take(holding);
  if (first.refused !== 'unknown_key' || given) return first;
  const answer = await client.keySet();
  if (answer.kind !== 'answered')
    return { holding, refused: answer.kind === 'failed' ? answer.problem : first.refused };
  try {
    return await take({ ...holding, keys: await readKeys({ jwks: answer.value }), jwks: answer.value });
  } catch (error) {
    return { holding, refused: String(error) };
  }
}

const retryAfterOf = (...answers: Answer<string>[]): number =>
  Math.max(...answers.map((answer) => (answer.kind === 'failed' ? answer.retryAfterMs : 0)));

/** Pulls once. @param given whether the host gave its keys, which are then not asked for */
export async function pullOnce(
  client: Client,
  before: Holding,
  owner: Owner,
  given: boolean,
  clockMs: number,
): Promise<Pulled> {
  let holding = before;
  const problems: string[] = [];
  /** Whether what is held is now what the API answered. */
  const offer = async (what: string, answer: Answer<string>, take: (token: string, etag: string | null) => Take) => {
    if (answer.kind === 'failed') problems.push(answer.problem);
    if (answer.kind !== 'answered') return answer.kind === 'unchanged';
    const taken = await takeWithKeys(client, holding, given, take(answer.value, answer.etag));
    holding = taken.holding;
    if (taken.refused !== null) problems.push(`the ${what} that was answered is not taken: ${taken.refused}`);
    return taken.refused === null;
  };

  const licence = await client.licence(holding.licence?.claims.jti ?? null);
  const checked = await offer('licence', licence, (token) => (held) => takeLicence(held, token, owner, clockMs));
  if (checked) holding = { ...holding, checkedAt: clockMs };
  // An API that cannot be reached is not waited for twice.
  if (licence.kind === 'failed' && !licence.reached) return { holding, problems, checked, retryAfterMs: 0 };
  const revocations = await client.revocations(holding.revocationsEtag);
  await offer('list of revocations', revocations, (token, etag) => (held) => takeRevocations(held, token, etag));
  return { holding, problems, checked, retryAfterMs: retryAfterOf(licence, revocations) };
}
