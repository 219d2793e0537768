import type { CallOptions } from './call-options.js';
import { withinScope } from './transport/call-scope.js';
import { answerOf } from './transport/read-answer.js';
import type { Transport } from './transport/transport.js';
import type { Health } from './vault-client.js';

/** What `sys/health` answers with: standby, disaster recovery and performance standby, not initialized, sealed. */
const STATES = [429, 472, 473, 501, 503];

/** https://developer.hashicorp.com/vault/api-docs/system/health */
export function readHealth(transport: Transport, options: CallOptions | undefined): Promise<Health> {
  const doing = 'asking for the health of the server';
  return withinScope({ ...transport, doing, options }, async (signal) => {
    const spec = { doing, method: 'GET', path: 'sys/health', accept: STATES } as const;
    const answer = answerOf(await transport.send(spec, signal));
    return {
      initialized: answer.boolean('initialized'),
      sealed: answer.boolean('sealed'),
      standby: answer.boolean('standby'),
      version: answer.string('version'),
    };
  });
}
