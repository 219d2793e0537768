import type { CallOptions } from '../call-options.js';
import { isConsulError } from '../consul-error.js';
import { badRequest } from '../refusals.js';
import { expectList, expectObject } from '../transport/expect-shape.js';
import type { Transport } from '../transport/transport.js';
import { decodeSession } from './decode-session.js';
import type { RawSession } from './decode-session.js';
import { formatDuration } from './duration.js';
import { holdSession } from './hold-session.js';
import { readSession, toSession } from './read-session.js';
import type { SessionInfo, SessionOptions, Sessions } from './sessions.js';

/** Sessions over HTTP. */
export function createSessions(transport: Transport): Sessions {
  const sessions: Sessions = {
    create: (options, call) => create(transport, options, call),
    renew: (id, options) => renew(transport, id, options),
    destroy: (id, options) => destroy(transport, id, options),
    info: async (id, options) => toSession(await readSession(transport, id, options)),
    list: async (options) => {
      const reply = await transport.call({
        doing: 'listing the sessions',
        options,
        run: (wire, input) => wire.session.list(input),
      });
      return (expectList(reply) as readonly RawSession[]).map(decodeSession);
    },
    hold: (options) => holdSession({ sessions, transport }, options),
  };
  return sessions;
}

/** Consul's own limits (`session_ttl_min`, and 24 hours). */
const MIN_TTL_MS = 10_000;
const MAX_TTL_MS = 86_400_000;

async function create(transport: Transport, options: SessionOptions, call?: CallOptions): Promise<string> {
  const { name, ttlMs, lockDelayMs, behavior, checks, node } = options;
  if (ttlMs !== undefined && !(ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS)) {
    throw badRequest(`A session TTL of ${ttlMs} ms: Consul takes ${MIN_TTL_MS} to ${MAX_TTL_MS}.`);
  }
  if (lockDelayMs !== undefined && !(lockDelayMs >= 0 && lockDelayMs <= 60_000)) {
    throw badRequest(`A lock delay of ${lockDelayMs} ms: Consul takes 0 to 60000.`);
  }
  const settings = {
    name,
    ...(ttlMs === undefined ? {} : { ttl: formatDuration(ttlMs) }),
    ...(lockDelayMs === undefined ? {} : { lockdelay: formatDuration(lockDelayMs) }),
    ...(behavior === undefined ? {} : { behavior }),
    ...(checks === undefined ? {} : { checks }),
    ...(node === undefined ? {} : { node }),
  };
  const reply = await transport.call({
    doing: `making the session "${name}"`,
    options: call,
    run: (wire, input) => wire.session.create({ ...input, ...settings }),
  });
  return (expectObject(reply) as { readonly ID: string }).ID;
}

async function renew(
  transport: Transport,
  id: string,
  options?: CallOptions,
): Promise<SessionInfo | undefined> {
  try {
    const reply = await transport.call({
      doing: `renewing the session ${id}`,
      options,
      run: (wire, input) => wire.session.renew({ ...input, id }),
    });
    const [raw] = expectList(reply) as readonly RawSession[];
    return raw === undefined ? undefined : decodeSession(raw);
  } catch (error) {
    // Locks hang on this answer: only Consul's own words count, not the 404 of something in between.
    if (isConsulError(error) && error.statusCode === 404 && /Session id .* not found/.test(error.message))
      return undefined;
    throw error;
  }
}

async function destroy(transport: Transport, id: string, options?: CallOptions): Promise<void> {
  await transport.call({
    doing: `ending the session ${id}`,
    options,
    run: (wire, input) => wire.session.destroy({ ...input, id }),
  });
}
