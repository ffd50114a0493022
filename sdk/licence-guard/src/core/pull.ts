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
  /** The API answered, or it did not and another try makes sense. */
  answered: boolean;
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
  const offer = async (what: string, answer: Answer<string>, take: (token: string, etag: string | null) => Take) => {
    if (answer.kind === 'failed') problems.push(answer.problem);
    if (answer.kind !== 'answered') return;
    const taken = await takeWithKeys(client, holding, given, take(answer.value, answer.etag));
    holding = taken.holding;
    if (taken.refused !== null) problems.push(`the ${what} that was answered is not taken: ${taken.refused}`);
  };

  const licence = await client.licence(holding.licence?.claims.jti ?? null);
  await offer('licence', licence, (token) => (held) => takeLicence(held, token, owner, clockMs));
  const revocations = await client.revocations(holding.revocationsEtag);
  await offer('list of revocations', revocations, (token, etag) => (held) => takeRevocations(held, token, etag));

  const answered = licence.kind !== 'failed';
  if (answered) holding = { ...holding, checkedAt: clockMs };
  return { holding, problems, answered, retryAfterMs: retryAfterOf(licence, revocations) };
}
