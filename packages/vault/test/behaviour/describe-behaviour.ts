import { afterAll, beforeAll, describe } from 'vitest';
import { createAdmin } from './admin.js';
import type { Admin, TestServer } from './admin.js';
import { describeEngines } from './describe-engines.js';
import { describeKv } from './describe-kv.js';
import { describeLogin } from './describe-login.js';

/** How to get a server. */
export interface ServerSource {
  start(): Promise<TestServer>;
  stop(): Promise<void>;
}

/** How the client behaves on a server: the same for every one that calls itself Vault. */
export function describeBehaviour(name: string, source: ServerSource): void {
  describe(`a client of ${name}`, () => {
    let admin: Admin | undefined;
    const get = (): Admin => {
      if (admin === undefined) throw new Error('The server has not started.');
      return admin;
    };
    beforeAll(async () => {
      admin = createAdmin(await source.start());
    });
    afterAll(() => source.stop());
    describeKv(get);
    describeLogin(get);
    describeEngines(get);
  });
}
