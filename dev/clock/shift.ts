/**
 * Loaded before a program that the platform starts under a moved clock (`--import`): `Date` is then CLOCK_OFFSET_MS ahead of
 * the machine's. The program itself knows nothing of it; the platform ends it before the clock is moved and starts it again
 * after that.
 */
const Machine = Date;
const offsetMs = Number(process.env['CLOCK_OFFSET_MS'] ?? 0);
const now = (): number => Machine.now() + offsetMs;

globalThis.Date = new Proxy(Machine, {
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
  apply: () => new Machine(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
