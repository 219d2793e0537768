import { createServer } from 'node:net';

import { onMessages, sendMessage } from '../../src/guard/json-socket.js';
import { guardFiles } from '../../src/guard/protocol.js';

import type { GuardName, ToGuard } from '../../src/guard/protocol.js';
import type { Server, Socket } from 'node:net';

/** What listens where a guard of the last run would. It only answers: nothing is guarded. */
export class StandInGuard {
  /** Every message, in the order in which they came. */
  readonly told: ToGuard[] = [];
  readonly #server: Server;
  readonly #calls: Socket[] = [];

  private constructor(version: string) {
    this.#server = createServer((socket) => {
      this.#calls.push(socket);
      onMessages(socket, (message) => {
        const said = message as ToGuard;
        this.told.push(said);
        const welcome = { kind: 'welcome', pid: process.pid, version };
        sendMessage(socket, said.kind === 'hello' ? welcome : { kind: 'ack' });
      });
    });
  }

  static async start(stateDir: string, name: GuardName, version: string): Promise<StandInGuard> {
    const guard = new StandInGuard(version);
    await new Promise<void>((resolve) => guard.#server.listen(guardFiles(stateDir, name).socket, resolve));
    return guard;
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  async close(): Promise<void> {
    for (const socket of this.#calls) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
