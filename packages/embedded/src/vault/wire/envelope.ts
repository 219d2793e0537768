import { randomUUID } from 'node:crypto';
import type { HttpResponse } from '../../http/http-server.js';
import type { JsonObject, VaultAnswer } from './vault-call.js';
import type { VaultFault } from './vault-fault.js';

const JSON_HEADERS = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };

/** An answer as Vault's usual envelope, without `wrap_info`. */
export function envelope(answer: VaultAnswer): JsonObject {
  return {
    request_id: randomUUID(),
    lease_id: answer.lease?.id ?? '',
    renewable: answer.lease?.renewable ?? false,
    lease_duration: answer.lease?.durationSec ?? 0,
    data: answer.data ?? null,
    wrap_info: null,
    warnings: answer.warnings ?? null,
    auth: answer.auth ?? null,
  };
}

/** An answer as it goes out; `undefined` has no content. */
export function answerResponse(answer: VaultAnswer | undefined): HttpResponse {
  if (answer === undefined) return { status: 204, headers: JSON_HEADERS, body: '' };
  const status = answer.status ?? 200;
  if (answer.text !== undefined)
    return { status, headers: { 'Content-Type': answer.text.type }, body: answer.text.body };
  const flat = answer.flat === true ? answer.data : {};
  return jsonResponse(status, answer.plain ?? { ...flat, ...envelope(answer) });
}

/** The errors of a request. */
export function faultResponse(fault: VaultFault): HttpResponse {
  return jsonResponse(fault.status, { errors: fault.errors });
}

/** A JSON body as it stands. */
export function jsonResponse(status: number, body: JsonObject): HttpResponse {
  return { status, headers: JSON_HEADERS, body: `${JSON.stringify(body)}\n` };
}
