import { answerOf, dataOf } from '../transport/read-answer.js';
import type { Reply } from '../transport/transport.js';
import type { Login } from './login-method.js';

/** The `auth` of a login, a created token or a renewal. */
export function loginOf(reply: Reply): Login {
  const auth = answerOf(reply).object('auth');
  const durationSec = auth.number('lease_duration');
  return {
    token: auth.string('client_token'),
    accessor: auth.optionalString('accessor'),
    durationSec,
    renewable: auth.boolean('renewable'),
    endless: durationSec === 0,
    orphan: auth.all.orphan === true,
  };
}

/** What `lookup-self` says of a token. A root token has no end, and says neither when nor whether it can be renewed. */
export function lookedUp(reply: Reply, token: string): Login {
  const data = dataOf(reply);
  const durationSec = data.number('ttl');
  return {
    token,
    accessor: data.optionalString('accessor'),
    durationSec,
    renewable: data.all.renewable === true,
    endless: durationSec === 0 && data.all.expire_time == null,
    orphan: data.all.orphan === true,
  };
}
