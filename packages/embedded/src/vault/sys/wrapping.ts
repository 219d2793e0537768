import type { VaultContext } from '../vault-context.js';
import type { WrappedAnswer } from '../state/records.js';
import { newAccessor, newTokenId } from '../tokens/token-ids.js';
import { parseSeconds, timeText } from '../wire/durations.js';
import { envelope } from '../wire/envelope.js';
import { textField } from '../wire/fields.js';
import type { JsonObject, VaultAnswer, VaultCall, VaultRoute } from '../wire/vault-call.js';
import { badRequest } from '../wire/vault-fault.js';

/** What a route answered is put away for `ttlSec`; whoever holds the token that is given instead can fetch it once. */
export function wrapAnswer(
  context: VaultContext,
  answer: VaultAnswer,
  wish: { readonly path: string; readonly ttlSec: number },
): VaultAnswer {
  const token = newTokenId();
  const kept: WrappedAnswer = {
    answer: envelope(answer),
    accessor: newAccessor(),
    path: wish.path,
    createdMs: context.clock(),
    ttlSec: wish.ttlSec,
  };
  dropExpired(context);
  context.store.put('wraps', token, kept);
  return { plain: wrapInfo(token, kept) };
}

/** Seconds of `X-Vault-Wrap-TTL`; `undefined` when the answer is not to be wrapped. */
export function wrapTtl(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  const seconds = parseSeconds(header);
  if (seconds === undefined || seconds < 0) throw badRequest('error parsing wrap TTL: not a duration');
  return seconds === 0 ? undefined : seconds;
}

/** `sys/wrapping/`: answers fetched, looked at, wrapped anew. */
export function wrappingRoutes(context: VaultContext): readonly VaultRoute[] {
  const lookUp = (call: VaultCall): VaultAnswer => {
    const { kept } = wrappedBy(context, call);
    return {
      data: { creation_path: kept.path, creation_time: timeText(kept.createdMs), creation_ttl: kept.ttlSec },
    };
  };
  return [
    {
      path: 'wrapping/unwrap',
      open: true,
      write: (call) => {
        const { token, kept } = wrappedBy(context, call);
        context.store.delete('wraps', token);
        const fresh = envelope({});
        return { plain: { ...kept.answer, request_id: fresh.request_id } };
      },
    },
    { path: 'wrapping/lookup', open: true, write: lookUp, read: lookUp },
    {
      path: 'wrapping/rewrap',
      open: true,
      write: (call) => {
        const { token, kept } = wrappedBy(context, call);
        context.store.delete('wraps', token);
        const renewed = { ...kept, accessor: newAccessor(), createdMs: context.clock() };
        const next = newTokenId();
        context.store.put('wraps', next, renewed);
        return { plain: wrapInfo(next, renewed) };
      },
    },
    { path: 'wrapping/wrap', write: (call) => ({ data: call.body }) },
  ];
}

function wrapInfo(token: string, kept: WrappedAnswer): JsonObject {
  return {
    ...envelope({}),
    request_id: '',
    wrap_info: {
      token,
      accessor: kept.accessor,
      ttl: kept.ttlSec,
      creation_time: timeText(kept.createdMs),
      creation_path: kept.path,
    },
  };
}

/** Either the request's own token is the wrapping token, or it names it. */
function wrappedBy(
  context: VaultContext,
  call: VaultCall,
): { readonly token: string; readonly kept: WrappedAnswer } {
  const token = textField(call.body, 'token') ?? call.tokenId;
  const kept = context.store.get('wraps', token);
  if (kept === undefined || isOver(context, kept))
    throw badRequest('wrapping token is not valid or does not exist');
  return { token, kept };
}

function isOver(context: VaultContext, kept: WrappedAnswer): boolean {
  return kept.createdMs + kept.ttlSec * 1000 <= context.clock();
}

function dropExpired(context: VaultContext): void {
  for (const token of context.store.keys('wraps')) {
    const kept = context.store.get('wraps', token);
    if (kept !== undefined && isOver(context, kept)) context.store.delete('wraps', token);
  }
}
