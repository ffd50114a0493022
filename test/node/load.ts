/** What keeps the parts of a stack busy, or more than that: programs for psql and for Node, run in their pods. */

/** A steady quarter of a core or so, and some bytes a moment. @param seconds for how long at most */
export const busyDatabase = (seconds: number): string =>
  `SET statement_timeout = '${seconds}s'; DO $$ BEGIN LOOP PERFORM sum(i) FROM generate_series(1, 20000) i; PERFORM pg_sleep(0.02); END LOOP; END $$`;
export const busyCaller = `
  const ask = () => fetch(process.argv[1] + '/health').then((answer) => answer.text()).catch(() => {});
  (async () => { for (;;) { await ask(); await new Promise((done) => setTimeout(done, 50)); } })();`;

/** Makes the program of pid 1 eat memory: Node's inspector is the way into it. */
export const eatMemory = `
  process.kill(1, 'SIGUSR1');
  const eat = async () => {
    const [target] = await (await fetch('http://127.0.0.1:9229/json/list')).json();
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    const expression = 'globalThis.held = []; for (;;) held.push(Buffer.alloc(2 ** 25, 1));';
    socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  };
  const again = () => eat().catch(() => setTimeout(again, 200));
  again();`;
