import { ConsulError } from '../consul-error.js';
import type { ConsulErrorCode } from '../consul-error.js';
import { neededRight } from './needed-right.js';
import type { SentRequest } from './needed-right.js';

/** What was going on when a request failed. */
export interface FailureContext {
  readonly doing: string;
  readonly timeoutMs: number;
  /** Where Consul was looked for: `http://127.0.0.1:8500`. */
  readonly address: string;
  /** Where the token comes from. */
  readonly tokenFile?: string | undefined;
  /** Absent when nothing was sent. */
  readonly request?: SentRequest | undefined;
}

/** What the library's errors carry. The response holds the request's headers, so it never leaves this file. */
interface WireFailure {
  readonly code?: unknown;
  readonly isTimeout?: boolean;
  readonly isCodec?: boolean;
  readonly isValidation?: boolean;
  readonly isResponse?: boolean;
  readonly response?: { readonly statusCode?: number; readonly body?: unknown };
}

interface Verdict {
  readonly code: ConsulErrorCode;
  readonly retryable: boolean;
  readonly advice: string;
}

interface Rule extends Verdict {
  readonly when: (status: number, text: string) => boolean;
}

/**
 * First match wins. Consul answers many a caller's mistake with 500, and newer versions with 400 or 404, so the
 * text decides where the status does not. Texts as of Consul 1.8 to 1.20.
 */
const RULES: readonly Rule[] = [
  {
    when: (status) => status === 401 || status === 403,
    code: 'CONSUL_FORBIDDEN',
    retryable: false,
    advice: 'Check the token and its policies.',
  },
  {
    when: (status) => status === 413,
    code: 'CONSUL_VALUE_TOO_LARGE',
    retryable: false,
    advice: 'Make the value or the transaction smaller.',
  },
  {
    when: (_, text) => /no cluster leader/i.test(text),
    code: 'CONSUL_NO_LEADER',
    retryable: true,
    advice: 'Try again shortly.',
  },
  {
    when: (_, text) => /invalid session "|session lookup/i.test(text),
    code: 'CONSUL_SESSION_INVALID',
    retryable: false,
    advice: 'Make a new session.',
  },
  {
    when: (_, text) => /missing (check|node) |is in critical state/i.test(text),
    code: 'CONSUL_SESSION_REFUSED',
    retryable: true,
    advice: 'Register the check and let it pass first.',
  },
  {
    when: (_, text) => /associated TTL|unknown check|unknown service/i.test(text),
    code: 'CONSUL_NOT_FOUND',
    retryable: false,
    advice: 'Register it (again): this agent does not know it.',
  },
  {
    when: (status, text) => status === 500 && /invalid|parsing|must be|evaluator|does not exist/i.test(text),
    code: 'CONSUL_BAD_REQUEST',
    retryable: false,
    advice: 'Correct the arguments.',
  },
  {
    when: (status) => status === 404,
    code: 'CONSUL_NOT_FOUND',
    retryable: false,
    advice: 'Check the name, and that this is Consul.',
  },
  {
    when: (status) => status === 429 || status >= 500,
    code: 'CONSUL_SERVER_ERROR',
    retryable: true,
    advice: "See Consul's log; try again later.",
  },
  {
    when: (status) => status >= 400,
    code: 'CONSUL_BAD_REQUEST',
    retryable: false,
    advice: 'Correct the arguments.',
  },
];

const NOT_CONSUL: Verdict = {
  code: 'CONSUL_SERVER_ERROR',
  retryable: false,
  advice: 'Is this a Consul agent?',
};

/** Any failure of the library or the network as a `ConsulError`, without the request, its headers or its token. */
export function toConsulError(error: unknown, context: FailureContext): ConsulError {
  const failure = (typeof error === 'object' && error !== null ? error : {}) as WireFailure;
  const message = error instanceof Error ? error.message : String(error);
  if (failure.isTimeout === true) {
    return new ConsulError(
      'CONSUL_TIMEOUT',
      `Consul did not answer within ${context.timeoutMs} ms while ${context.doing}. Is the agent overloaded or cut off?`,
      { retryable: true },
    );
  }
  if (failure.isValidation === true) {
    return new ConsulError('CONSUL_BAD_REQUEST', `Nothing was sent while ${context.doing}: ${message}.`, {
      retryable: false,
    });
  }
  if (failure.isCodec === true) {
    return new ConsulError(
      'CONSUL_SERVER_ERROR',
      `The answer is not JSON while ${context.doing}. Is this a Consul agent?`,
      {
        retryable: true,
      },
    );
  }
  // A request that broke in the middle of the answer has a response too, but is none.
  if (failure.isResponse === true && failure.response !== undefined)
    return fromResponse(failure.response, context);
  return unavailable(failure, message, context);
}

function unavailable(failure: WireFailure, message: string, { doing, address }: FailureContext): ConsulError {
  const systemCode = typeof failure.code === 'string' ? failure.code : undefined;
  const cause = Object.assign(new Error(message), systemCode === undefined ? {} : { code: systemCode });
  return new ConsulError(
    'CONSUL_UNAVAILABLE',
    `No connection to Consul at ${address} while ${doing}: ${systemCode ?? message}. Check its address and that it runs.`,
    { retryable: true, cause },
  );
}

function fromResponse(response: NonNullable<WireFailure['response']>, context: FailureContext): ConsulError {
  const { doing } = context;
  const status = response.statusCode ?? 0;
  const body = response.body instanceof Buffer ? response.body.toString('utf8') : response.body;
  const text = typeof body === 'string' ? body.trim().slice(0, 500) : '';
  const verdict = RULES.find((each) => each.when(status, text)) ?? NOT_CONSUL;
  const advice = verdict.code === 'CONSUL_FORBIDDEN' ? aclAdvice(text, context) : verdict.advice;
  return new ConsulError(
    verdict.code,
    `Consul answered ${status}${text === '' ? '' : ` (${text})`} while ${doing}. ${advice}`,
    { retryable: verdict.retryable, statusCode: status },
  );
}

/** What to do about a refusal by Consul's ACLs, with the right that is missing where it can be told. */
function aclAdvice(text: string, { request, tokenFile }: FailureContext): string {
  if (!UNKNOWN_TOKEN.test(text)) return forbiddenAdvice(neededRight(text, request));
  return tokenFile === undefined
    ? 'Consul does not know this token: it was deleted or has expired. Give another; one in a file (CONSUL_HTTP_TOKEN_FILE) is read again by itself.'
    : `Consul does not know the token in ${tokenFile}: it was deleted or has expired. Write a valid one there; it is read again by itself.`;
}

const UNKNOWN_TOKEN = /ACL not found|token does not exist/i;

/** Consul does not know the token, which is more than that it lacks a right. */
export function isUnknownToken({ code, message }: ConsulError): boolean {
  return code === 'CONSUL_FORBIDDEN' && UNKNOWN_TOKEN.test(message);
}

/** What to do about a missing right, as it stands in Consul's policies. */
export function forbiddenAdvice(right: string | undefined): string {
  return right === undefined
    ? 'Check the token and its policies.'
    : `The token needs the right: ${right}. Add it to a policy of the token.`;
}
