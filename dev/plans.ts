/** The plans of this machine: plans.yaml is published when nothing is, over the admin API as an operator would. */
import { readFile } from 'node:fs/promises';
import { publishAnswer } from '../src/contracts/plan-catalogue.ts';
import { planList } from '../src/contracts/plans.ts';
import { type AdminApi, call } from './cluster/local.ts';

/** Publishes what ships when the catalogue is empty. @returns what to say of it */
export async function publishPlansOnce(api: AdminApi): Promise<string[]> {
  const { items } = planList.parse(await call(api, 'GET', '/api/plans'));
  if (items.length > 0) return [];
  const yaml = await readFile(new URL('../plans.yaml', import.meta.url), 'utf8');
  const { versions } = publishAnswer.parse(await call(api, 'POST', '/api/plans/publish', { yaml }));
  return [`plans published: ${versions.map(({ plan, version }) => `${plan} ${version}`).join(', ')}`];
}
