/** What keeps the parts of a stack busy, or more than that: programs for psql and for Node, run in their pods. */

/** A steady quarter of a core or so, and some bytes a moment. @param seconds for how long at most */
export const busyDatabase = (seconds: number): string =>
  `SET statement_timeout = '${seconds}s'; DO $$ BEGIN LOOP PERFORM sum(i) FROM generate_series(1, 20000) i; PERFORM pg_sleep(0.02); END LOOP; END $$`;
export const busyCaller = `
  const ask = () => fetch(process.argv[1] + '/health').then((answer) => answer.text()).catch(() => {});
  (async () => { for (;;) { await ask(); await new Promise((done) => setTimeout(done, 50)); } })();`;

/**
 * A client of the broker for the API's pod, whose user it is. There is no client of MQTT to be had there, so it says what MQTT 3.1.1 has
 * on the wire: CONNECT (0x10), SUBSCRIBE (0x82) and PUBLISH (0x30).
 */
const brokerClient = `
  const { MQTT_URL, MQTT_USERNAME, MQTT_PASSWORD } = process.env;
  const { hostname: host, port } = new URL(MQTT_URL);
  const text = (words) => Buffer.from('\\0' + String.fromCharCode(Buffer.byteLength(words)) + words);
  const lengthOf = (bytes) => (bytes < 128 ? [bytes] : [128 + (bytes % 128), ...lengthOf(bytes >> 7)]);
  const packet = (type, ...parts) => {
    const rest = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([type, ...lengthOf(rest.length)]), rest]);
  };
  const client = (name, then) => {
    const socket = require('node:net').connect({ host, port, noDelay: true });
    const who = [text(name), text(MQTT_USERNAME), text(MQTT_PASSWORD)];
    socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 0xc2, 0, 0]), ...who));
    socket.once('data', () => then(socket.resume()));
  };
  const subscribe = (topic) => packet(0x82, Buffer.from([0, 1]), topic, Buffer.from([0]));`;

/** Twenty messages a second to the broker and a subscriber of them. */
export const busyBroker = `${brokerClient}
  const topic = text('load/steady');
  client('steady-subscriber', (subscriber) => subscriber.write(subscribe(topic)));
  client('steady-publisher', (publisher) => {
    setInterval(() => publisher.write(packet(0x30, topic, Buffer.alloc(100, 'x'))), 50);
  });`;

/** So many messages of so many bytes, one after the other: its two arguments. It ends when a subscriber has had them all. */
export const brokerBurst = `${brokerClient}
  const [count, bytes] = process.argv.slice(1).map(Number);
  const topic = text('load/burst');
  const message = packet(0x30, topic, Buffer.alloc(bytes, 'x'));
  client('burst-publisher', (publisher) => client('burst-subscriber', (subscriber) => {
    subscriber.write(subscribe(topic));
    subscriber.once('data', () => {
      let [sent, heard] = [0, 0];
      const send = () => { sent += 1; publisher.write(message); };
      subscriber.on('data', (part) => {
        heard += part.length;
        if (heard >= count * message.length) process.exit();
        if (heard >= sent * message.length) send();
      });
      send();
    });
  }));`;

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
