/**
 * Shows a program's JSON log lines to a person: the message first, then its fields. Other lines stay as they are, but for
 * what a terminal would obey: a text in a log line may be anybody's.
 */
import { printable } from '../printable.ts';

/** What the platform's own output says already, or nobody reads on a terminal. */
const LEFT_OUT = ['level', 'time', 'timestamp', 'service', 'pid', 'hostname', 'name', 'msg', 'message'];
/** pino's numbers for levels that a person should notice. */
const LOUD: Record<string, string> = { '40': 'warn', '50': 'error', '60': 'fatal', warn: 'warn', error: 'error' };

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** One line for one line. */
export function readable(line: string): string {
  const entry = parse(line);
  const message = entry?.['msg'] ?? entry?.['message'];
  if (entry === null || typeof message !== 'string') return printable(line);
  const level = LOUD[String(entry['level'])];
  const fields = Object.entries(entry)
    .filter(([name]) => !LEFT_OUT.includes(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return printable([...(level === undefined ? [] : [`${level}:`]), message, ...fields].join(' '));
}
