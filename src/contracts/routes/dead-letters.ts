/** The routes of dead letters: where they are, whom they admit, what they take and answer. */
import {
  batchStarted,
  deadLetterGroups,
  deadLetterList,
  deadLettersQuery,
  dropLetterBody,
  replayAnswer,
  replayBody,
  replayManyBody,
} from '../queue.ts';
import { route } from '../route.ts';

export const listDeadLetters = route({
  operation: 'listDeadLetters',
  method: 'get',
  path: '/api/dead-letters',
  summary: 'What could never be stored, with the reason',
  allow: { admin: 'viewer' },
  query: deadLettersQuery,
  answers: { 200: deadLetterList },
});

export const readDeadLetterGroups = route({
  operation: 'readDeadLetterGroups',
  method: 'get',
  path: '/api/dead-letters/groups',
  summary: 'Dead letters that nobody has sent again, by their code',
  allow: { admin: 'viewer' },
  answers: { 200: deadLetterGroups },
});

export const replayDeadLetters = route({
  operation: 'replayDeadLetters',
  method: 'post',
  path: '/api/dead-letters/replay',
  summary: 'Send many dead letters again, some a second',
  allow: { admin: 'operator' },
  body: replayManyBody,
  answers: { 202: batchStarted },
  idempotent: true,
});

export const replayDeadLetter = route({
  operation: 'replayDeadLetter',
  method: 'post',
  path: '/api/dead-letters/:id/replay',
  summary: 'Send a dead letter again',
  allow: { admin: 'operator' },
  body: replayBody,
  answers: { 202: replayAnswer },
  failures: ['already_replayed'],
  idempotent: true,
});

export const dropDeadLetter = route({
  operation: 'dropDeadLetter',
  method: 'delete',
  path: '/api/dead-letters/:id',
  summary: 'Give a dead letter up for good',
  allow: { admin: 'operator' },
  body: dropLetterBody,
  answers: { 204: null },
});
