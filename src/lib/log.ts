/** Structured logs of the Worker: one JSON object a line. Never hand it a secret, a token or a body. */
import { escapeForging } from './text.ts';

export type LogFields = Record<string, string | number | boolean | null | undefined>;
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: LogFields) => void;

/** Writes to the runtime's console, which Workers Logs indexes by field. */
export const consoleLog: Log = (level, message, fields = {}) => {
  const line = escapeForging(JSON.stringify({ level, message, ...fields }));
  if (level === 'error') console.error(line);
  else if (level === 'warn') console.warn(line);
  else console.log(line);
};
