/** What the kernel says of a process: its memory, its processor's time, and that of the processes it has waited for. */
import { readFileSync } from 'node:fs';

const kibPerMib = 1024;
/** Of /proc/PID/stat, on every Linux of the last twenty years. */
const ticksPerSecond = 100;

/** VmRSS (now) or VmHWM (the highest so far) of a process, whole MiB. Throws when it has gone. */
export function memoryMiB(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / kibPerMib);
}

/** Processor seconds of a process so far: its own, and of its children that have ended. Throws when it has gone. */
export function cpuSeconds(pid: number): { own: number; children: number } {
  // The name stands in parentheses and may have spaces in it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: (user + system) / ticksPerSecond, children: (childrenUser + childrenSystem) / ticksPerSecond };
}
