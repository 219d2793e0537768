import { VaultError } from '../vault-error.js';
import type { VaultErrorCode } from '../vault-error.js';
import { neededCapability } from './needed-capability.js';
import { redact } from './redact.js';
import type { Reply, RequestSpec } from './transport.js';

/** An answer, as far as it tells what went wrong. */
interface Refusal {
  readonly status: number;
  /** What Vault said, in one line; empty when it said nothing. */
  readonly text: string;
  readonly body: unknown;
  readonly spec: RequestSpec;
}

interface Rule {
  readonly when: (refusal: Refusal) => boolean;
  readonly code: VaultErrorCode;
  readonly retryable: boolean;
  readonly advice: string | ((refusal: Refusal) => string);
}

const says =
  (pattern: RegExp) =>
  ({ text }: Refusal): boolean =>
    pattern.test(text);

const is =
  (...statuses: readonly number[]) =>
  ({ status }: Refusal): boolean =>
    statuses.includes(status);

/** First match wins. Texts as of Vault 1.8 to 1.20. */
const RULES: readonly Rule[] = [
  {
    when: says(/Vault is sealed/i),
    code: 'VAULT_SEALED',
    retryable: true,
    advice: 'Unseal it: vault operator unseal.',
  },
  {
    when: (refusal) => is(307, 472, 473)(refusal) || says(/local node not active/i)(refusal),
    code: 'VAULT_STANDBY',
    retryable: true,
    advice: 'Give the address of the active server, or of a load balancer that follows it.',
  },
  {
    when: ({ body }) => !isVaultBody(body),
    code: 'VAULT_BAD_ANSWER',
    retryable: false,
    advice: 'Is this a Vault server?',
  },
  {
    when: ({ status, spec }) => spec.login === true && status >= 400 && status < 500 && status !== 429,
    code: 'VAULT_LOGIN_FAILED',
    retryable: false,
    advice: loginAdvice,
  },
  {
    when: says(/no handler for route/i),
    code: 'VAULT_NO_MOUNT',
    retryable: false,
    advice: ({ spec }) => `Enable the engine, or correct the mount at the beginning of "${spec.path}".`,
  },
  {
    when: says(/lease not found|invalid lease|lease expired/i),
    code: 'VAULT_LEASE_GONE',
    retryable: false,
    advice: 'It has expired or was revoked: get a new one.',
  },
  {
    when: says(/check-and-set parameter/i),
    code: 'VAULT_CAS_MISMATCH',
    retryable: false,
    advice: 'Read it again and decide anew.',
  },
  {
    when: says(
      /invalid accessor|unknown role|role .*not found|could not find role|serial number.*not found/i,
    ),
    code: 'VAULT_NOT_FOUND',
    retryable: false,
    advice: 'Check the name.',
  },
  {
    when: (refusal) => is(403)(refusal) || says(/missing client token/i)(refusal),
    code: 'VAULT_DENIED',
    retryable: false,
    advice: ({ spec }) => neededCapability(spec),
  },
  { when: isDestroyed, code: 'VAULT_DESTROYED', retryable: false, advice: 'Write a new version.' },
  {
    when: isDeleted,
    code: 'VAULT_DELETED',
    retryable: false,
    advice: 'Undelete it (vault kv undelete), or write a new version.',
  },
  {
    when: is(404),
    code: 'VAULT_NOT_FOUND',
    retryable: false,
    advice: ({ spec }) => `There is nothing at "${spec.path}". Check the path, or write it.`,
  },
  {
    when: is(413),
    code: 'VAULT_BAD_REQUEST',
    retryable: false,
    advice: 'Make the value smaller: Vault stores about 1 MiB at a path, 512 kB with Consul as its storage.',
  },
  {
    when: ({ status }) => status === 412 || status === 429 || status >= 500,
    code: 'VAULT_SERVER_ERROR',
    retryable: true,
    advice: "See Vault's log; try again later.",
  },
  {
    when: ({ status }) => status >= 400,
    code: 'VAULT_BAD_REQUEST',
    retryable: false,
    advice: 'Correct the arguments.',
  },
];

const NOT_VAULT: Rule = {
  when: () => true,
  code: 'VAULT_BAD_ANSWER',
  retryable: false,
  advice: 'Is this a Vault server?',
};

/** The failure that an answer is, or undefined when it is none. */
export function failureOf({ status, body, spec }: Reply): VaultError | undefined {
  if (status === 204 || spec.accept?.includes(status) === true) return undefined;
  if (status === 200 && typeof body === 'object') return undefined;
  const refusal = { status, body, spec, text: redact(textOf(body), spec) };
  const rule = RULES.find((each) => each.when(refusal)) ?? NOT_VAULT;
  const advice = typeof rule.advice === 'string' ? rule.advice : rule.advice(refusal);
  const said = refusal.text === '' ? '' : ` (${refusal.text})`;
  return new VaultError(rule.code, `Vault answered ${status}${said} while ${spec.doing}. ${advice}`, {
    retryable: rule.retryable,
    status,
    path: spec.path,
  });
}

/** `1 error occurred:\n\t* permission denied\n\n` becomes `permission denied`. */
function textOf(body: unknown): string {
  const { errors, warnings } = (body ?? {}) as { readonly errors?: unknown; readonly warnings?: unknown };
  const said = [errors, warnings].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return said
    .filter((each) => typeof each === 'string')
    .map((each) => each.replace(/\d+ errors? occurred:/, '').replace(/\s*\n\s*\*?\s*/g, ' '))
    .map((each) => each.trim())
    .join('; ')
    .slice(0, 500);
}

/** Absent is not failed: only Vault itself may say that there is nothing. */
function isVaultBody(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return 'errors' in body || 'request_id' in body || 'sealed' in body;
}

function metadataOf({ status, body }: Refusal): { deletion_time?: unknown; destroyed?: unknown } {
  if (status !== 404) return {};
  const { data } = body as { data?: { metadata?: object | null } | null };
  return data?.metadata ?? {};
}

function isDestroyed(refusal: Refusal): boolean {
  return metadataOf(refusal).destroyed === true;
}

function isDeleted(refusal: Refusal): boolean {
  const { deletion_time: time } = metadataOf(refusal);
  return typeof time === 'string' && time !== '';
}

const LOGIN_ADVICE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    /invalid secret id/i,
    'The secret id is unknown, used up (secret_id_num_uses) or expired (secret_id_ttl): issue a new one.',
  ],
  [/invalid role or secret id/i, 'The role id is unknown, or the secret id unknown, used up or expired.'],
  [/invalid role id/i, 'The role id is unknown: read it from auth/approle/role/{role}/role-id.'],
  [
    /wrapping token/i,
    'The wrapping token was used already or has expired. If nobody of yours used it, take the secret id for stolen: destroy it, and issue a new one.',
  ],
  [/no handler for route/i, 'The auth method is not enabled there: check its mount.'],
];

function loginAdvice({ text, status }: Refusal): string {
  const known = LOGIN_ADVICE.find(([pattern]) => pattern.test(text))?.[1];
  if (known !== undefined) return known;
  return status === 403
    ? 'The token is unknown, expired or revoked, or its policies do not allow this.'
    : 'Check the role and what was given to log in with.';
}
