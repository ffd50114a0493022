/** What keeps the parts of a stack busy, or more than that: programs for psql and for Node, run in their pods. */

/** A steady quarter of a core or so, and some bytes a moment. @param seconds for how long at most */
export const busyDatabase = (seconds: number): string =>
  `SET statement_timeout = '${seconds}s'; DO $$ BEGIN LOOP PERFORM sum(i) FROM generate_series(1, 20000) i; PERFORM pg_sleep(0.02); END LOOP; END $$`;
export const busyCaller = `
  const ask = () => fetch(process.argv[1] + '/health').then((answer) => answer.text()).catch(() => {});
  (async () => { for (;;) { await ask(); await new Promise((done) => setTimeout(done, 50)); } })();`;

/**
 * Twenty messages a second to the broker and a subscriber of them, for the API's pod, whose user it is. There is no client of MQTT to
 * be had there, so it says what MQTT 3.1.1 has on the wire: CONNECT (0x10), SUBSCRIBE (0x82) and PUBLISH (0x30).
 */
export const busyBroker = `
  const { MQTT_URL, MQTT_USERNAME, MQTT_PASSWORD } = process.env;
  const { hostname: host, port } = new URL(MQTT_URL);
  const text = (words) => Buffer.from('\\0' + String.fromCharCode(Buffer.byteLength(words)) + words);
  const packet = (type, ...parts) => {
    const rest = Buffer.concat(parts);
    const length = rest.length < 128 ? [rest.length] : [128 + (rest.length % 128), rest.length >> 7];
    return Buffer.concat([Buffer.from([type, ...length]), rest]);
  };
  const client = (name, then) => {
    const socket = require('node:net').connect({ host, port });
    const who = [text(name), text(MQTT_USERNAME), text(MQTT_PASSWORD)];
    socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 0xc2, 0, 0]), ...who));
    socket.once('data', () => then(socket.resume()));
  };
  const topic = text('load/steady');
  client('steady-subscriber', (subscriber) => subscriber.write(packet(0x82, Buffer.from([0, 1]), topic, Buffer.from([0]))));
  client('steady-publisher', (publisher) => {
    setInterval(() => publisher.write(packet(0x30, topic, Buffer.alloc(100, 'x'))), 50);
  });`;

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
