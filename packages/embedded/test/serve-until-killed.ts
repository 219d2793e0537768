import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedConsul } from '../src/index.js';

/**
 * A program: serves from the data directory in its first argument until it is killed. It prints its address and, once
 * it has been idle for a moment, what keeps its event loop busy.
 */
const server = await startEmbeddedConsul({ port: 0, dataDir: process.argv[2], nodeName: 'killed' });
console.log(server.address);
await delay(300);
console.log(JSON.stringify(process.getActiveResourcesInfo()));
