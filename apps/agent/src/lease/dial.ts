import { connect } from 'node:net';

import type { Socket } from 'node:net';

/** A connection to a socket of this machine; undefined when nobody answers there. */
export async function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error').on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });
}
