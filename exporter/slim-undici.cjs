// What the exporter uses of undici, for the bundle: the pooling agent and `request`. The whole package also brings fetch,
// web sockets, mocks and caches, which would stay in memory for nothing.
const Agent = require('undici/lib/dispatcher/agent.js');
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
const request = require('undici/lib/api/api-request.js');

Object.assign(Dispatcher.prototype, { request });
module.exports = { Agent };
