import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below what any system gives to outgoing connections (Linux: 32768 and up), and below what agents give to pods (20000
 * and up): a server that is restarted finds its port as it left it.
 */
const FIRST = 10_000;
const LAST = 19_999;
const ATTEMPTS = 100;

/**
 * A TCP port on which nothing of this machine listens.
 *
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(
    `No free port was found between ${FIRST} and ${LAST}; what listens there? See \`ss -ltn\`.`,
  );
}

/** @param {number} port */
function isFree(port) {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(port, () => server.close(() => resolve(true)));
  });
}
