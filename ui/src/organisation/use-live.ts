/**
 * Keeps an organisation's figures up to date without a reload: by its WebSocket, and while there is none by asking again.
 * What a message says is in the list at once; totals that are made of several numbers are asked for, so that they fit together.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import type { LiveMessage } from '../../../src/contracts/organisation-billing.ts';
import {
  listBillingProjects,
  readAttribution,
  readBillingSummary,
  readBillingTrends,
  readProjectOverview,
} from '../../../src/contracts/routes/organisation-billing.ts';
import { keyOf } from '../data/use-read.ts';
import { sessionKey } from '../session/session.tsx';
import { openLive } from './live-socket.ts';
import type { ShownOrganisation } from './organisation.tsx';

const sums = [readProjectOverview, readBillingSummary, readBillingTrends, readAttribution];
const figures = [listBillingProjects, ...sums];
/** Many messages come at once: sums are asked for once for them. */
const gatherMs = 500;
const pollEveryMs = 15_000;
/** Forecasts and the last day move without a message, too. */
const livePollEveryMs = 60_000;

type Projects = AnswerTo<typeof listBillingProjects>;

function showInList(queries: QueryClient, message: LiveMessage): void {
  const { namespace, cluster_id, current_month_total, as_of } = message;
  queries.setQueriesData<Projects>({ queryKey: keyOf(listBillingProjects) }, (known) =>
    known === undefined
      ? known
      : {
          ...known,
          data: {
            ...known.data,
            items: known.data.items.map((project) =>
              project.namespace === namespace && project.cluster_id === cluster_id
                ? { ...project, current_month_total, as_of }
                : project,
            ),
          },
        },
  );
}

/** @returns whether the figures are live; else they are asked for every `pollEveryMs` */
export function useLive({ query, name }: ShownOrganisation): boolean {
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  const isChosen = name !== null;

  useEffect(() => {
    if (!isChosen) return;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const close = openLive(query, {
      opened: () => {
        setLive(true);
        // What is under way is not asked for twice: a page that opens reads, too.
        for (const route of figures) {
          void queries.invalidateQueries({ queryKey: keyOf(route) }, { cancelRefetch: false });
        }
      },
      closed: () => setLive(false),
      over: () => queries.invalidateQueries({ queryKey: sessionKey }),
      message: (message) => {
        showInList(queries, message);
        gathering ??= setTimeout(() => {
          gathering = undefined;
          for (const route of sums) void queries.invalidateQueries({ queryKey: keyOf(route) });
        }, gatherMs);
      },
    });
    return () => {
      clearTimeout(gathering);
      close();
    };
  }, [queries, query, isChosen]);

  useEffect(() => {
    if (!isChosen) return;
    const timer = setInterval(
      () => {
        if (document.hidden) return;
        for (const route of figures) void queries.invalidateQueries({ queryKey: keyOf(route) });
      },
      isLive ? livePollEveryMs : pollEveryMs,
    );
    return () => clearInterval(timer);
  }, [queries, isChosen, isLive]);

  return isLive;
}
