import { answerOf } from '../transport/read-answer.js';
import type { Fields } from '../transport/read-answer.js';
import type { Reply } from '../transport/transport.js';
import type { Lease } from './leases.js';

/** The lease of an answer. @throws VaultError VAULT_BAD_ANSWER when it has none. */
export function leaseOf(reply: Reply): Lease {
  return toLease(answerOf(reply));
}

/** The lease of an answer, if it has one. */
export function optionalLeaseOf(reply: Reply): Lease | undefined {
  const answer = answerOf(reply);
  return answer.optionalString('lease_id') === undefined ? undefined : toLease(answer);
}

function toLease(answer: Fields): Lease {
  return {
    id: answer.string('lease_id'),
    durationSec: answer.number('lease_duration'),
    renewable: answer.boolean('renewable'),
  };
}
