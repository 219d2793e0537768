import { createServer } from 'node:net';

import { onMessages, sendMessage } from '../../src/guard/json-socket.js';
import { guardFiles, PROTOCOL } from '../../src/guard/protocol.js';

import type { GuardPlace } from '../../src/guard/guard-processes.js';
import type { ToGuard } from '../../src/guard/protocol.js';
import type { Server, Socket } from 'node:net';

/** Whose stand-in it is, and what it says of itself. */
export interface StandInOptions extends GuardPlace {
  readonly version: string;
  readonly askedUntil?: number;
}

/** What listens where a guard of the last run would. It only answers: nothing is guarded. */
export class StandInGuard {
  /** Every message, in the order in which they came. */
  readonly told: ToGuard[] = [];
  readonly #server: Server;
  readonly #calls: Socket[] = [];

  private constructor(version: string, more: object) {
    this.#server = createServer((socket) => {
      this.#calls.push(socket);
      onMessages(socket, (message) => {
        const said = message as ToGuard;
        this.told.push(said);
        const welcome = { kind: 'welcome', pid: process.pid, version, protocol: PROTOCOL, ...more };
        sendMessage(socket, said.kind === 'hello' ? welcome : { kind: 'ack' });
      });
    });
  }

  /** `more`: of its welcome. */
  static async start({ stateDir, name, version, ...more }: StandInOptions): Promise<StandInGuard> {
    const guard = new StandInGuard(version, more);
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
