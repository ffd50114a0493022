/**
 * What time brings, each at its own instant: periods that end, trials, drafts that are finalised, retries, what expires. One
 * commit an instant. How far to go, and what happens between two instants, is the edge's.
 */
import type { Commit } from '../data/group-commit.ts';
import { overdue, retryPayment } from './acts/collect.ts';
import { cancelAtInstant, incompleteExpired, phaseDue, resumptionExpired } from './acts/expiries.ts';
import { finaliseWhenDue } from './acts/hold.ts';
import { expirePending } from './acts/pending.ts';
import { periodEnded } from './acts/renew.ts';
import { expireSession } from './acts/sessions.ts';
import { remindOfTrial } from './acts/trial.ts';
import type { Context, Timed } from './context.ts';
import type { Kind, Kinds } from './objects/kinds.ts';
import type { Store } from './store.ts';

type Deed = (context: Context, id: string) => void;

/** A deed on an object that is still there. */
const on =
  <K extends Kind>(kind: K, deed: (context: Context, object: Kinds[K]) => unknown): Deed =>
  (context, id) => {
    const object = context.store.get(kind, id);
    if (object !== null) deed(context, object);
  };

const deeds: Readonly<Record<string, Deed>> = {
  cancel: on('subscription', cancelAtInstant),
  expire: on('checkout.session', expireSession),
  finalise: on('invoice', finaliseWhenDue),
  incomplete: on('subscription', incompleteExpired),
  overdue: on('invoice', overdue),
  pending_update: on('subscription', expirePending),
  period: on('subscription', periodEnded),
  phase: on('subscription', phaseDue),
  resumption: on('subscription', resumptionExpired),
  retry: on('invoice', retryPayment),
  trial_will_end: on('subscription', remindOfTrial),
};

export const openDue = (store: Store, commit: Commit, contextAt: (now: number) => Context): Timed => ({
  nextAt: () => store.nextDueAt(),
  async run(at) {
    await commit(() => {
      const context = contextAt(at);
      for (let due = store.firstDue(at); due !== null; due = store.firstDue(at)) {
        store.clearDue(due.what, due.object);
        const deed = deeds[due.what];
        if (deed === undefined) throw new Error(`nothing is known of what is due: ${due.what}`);
        deed(context, due.object);
      }
    });
  },
});
