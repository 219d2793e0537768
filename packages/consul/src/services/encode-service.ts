import { badRequest } from '../refusals.js';
import { formatDuration } from '../session/duration.js';
import type { ServiceCheck, ServiceDefinition } from './service-definition.js';

type Fields = Readonly<Record<string, unknown>>;

/** A definition in the words of the `consul` library. */
export function encodeService(definition: ServiceDefinition): Fields {
  const { id, name, address, port, tags, meta, checks } = definition;
  if (id === '' || name === '') throw badRequest('A service needs an id and a name, both not empty.');
  return present({ id, name, address, port, tags, meta, checks: checks?.map(encodeCheck) });
}

function encodeCheck(check: ServiceCheck): Fields {
  const { checkId, name, status, deregisterAfterMs } = check;
  return present({
    checkid: checkId,
    name,
    status,
    deregistercriticalserviceafter: duration(deregisterAfterMs),
    ...kindOf(check),
  });
}

function kindOf(check: ServiceCheck): Fields {
  if ('ttlMs' in check) return { ttl: duration(check.ttlMs) };
  if ('aliasService' in check || 'aliasNode' in check) {
    return { aliasservice: check.aliasService, aliasnode: check.aliasNode };
  }
  if ('tcp' in check) {
    return { tcp: check.tcp, interval: duration(check.intervalMs), timeout: duration(check.timeoutMs) };
  }
  if (!('http' in check)) throw badRequest('A check is one of: ttlMs, http, tcp, aliasService or aliasNode.');
  return {
    http: check.http,
    interval: duration(check.intervalMs),
    timeout: duration(check.timeoutMs),
    method: check.method,
    header: check.headers,
    tlsskipverify: check.tlsSkipVerify,
  };
}

function duration(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatDuration(ms);
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
