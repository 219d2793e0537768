import { z } from 'zod';

import { filledList } from './collections.js';
import { duration } from './quantity.js';
import { strict } from './strict.js';
import { pattern, text } from './text.js';

import type { DatabaseValue, PkiValue, SecretSource, VaultValue } from '../types.js';

/** Segments joined by single slashes, none of them `.` or `..`, as Vault itself refuses or rewrites them. */
// eslint-disable-next-line no-control-regex -- control characters are what must not pass
const PATH = /^(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?!.*\/\/)[^\0-\x1f\x7f]*[^\0-\x1f\x7f/]$/;

/** Path of a secret, its mount first. */
export function secretPath(): z.ZodString {
  return pattern(
    PATH,
    'the path of a secret, without "/" at its ends and without empty parts, "." and ".."',
    'secret/web',
  ).meta({ title: 'path in Vault' });
}

/** Name of a role, which is one part of a path. */
export function roleName(): z.ZodString {
  return pattern(/^[A-Za-z0-9_][\w.-]*$/, 'the name of a role', 'web').meta({ title: 'name of a role' });
}

function mount(standard: string): z.ZodOptional<z.ZodString> {
  return secretPath()
    .optional()
    .describe(`Where the engine is mounted; \`${standard}\` when absent.`)
    .meta({ examples: [standard] });
}

/** `{ vault: { path, key } }`. */
export const vaultValue: z.ZodType<VaultValue, VaultValue> = strict({
  vault: strict({
    path: secretPath()
      .describe('Path of the secret in Vault, its mount first; the same for both versions of KV.')
      .meta({ examples: ['secret/web'] }),
    key: text().describe("Key within the secret's data."),
    encoding: z
      .literal('base64')
      .optional()
      .describe('The value is base64, and what it stands for is wanted: for binary data.'),
  }).describe('A key of a Vault KV secret.'),
}).meta({ id: 'VaultValue', title: 'Vault value', description: 'A key of a Vault KV secret.' });

/** `{ database: { role, field } }` or `{ database: { role, template } }`. */
export const databaseValue: z.ZodType<DatabaseValue, DatabaseValue> = strict({
  database: strict({
    role: roleName().describe("Role of Vault's database secrets engine."),
    mount: mount('database'),
    field: z
      .enum(['username', 'password'])
      .optional()
      .describe('Which half of the credentials. Either this or `template`.'),
    template: text()
      .optional()
      .describe(
        'Text around the credentials, with `{{username}}` and `{{password}}` where they go; `{{password:url}}` encodes for a URL.',
      )
      .meta({ examples: ['postgres://{{username:url}}:{{password:url}}@db:5432/app'] }),
  }).describe('Credentials that Vault makes for this slot.'),
}).meta({
  id: 'DatabaseValue',
  title: 'Database value',
  description:
    'Database credentials that Vault makes for this slot, or a part of them. One role gives a slot one pair, wherever it is used.',
});

interface PkiInput {
  readonly pki: {
    readonly role: string;
    readonly mount?: string;
    readonly commonName: string;
    readonly altNames?: readonly string[];
    readonly ttl?: number;
    readonly field: PkiValue['pki']['field'];
  };
}

const NAME = /^[^\s,\0]+$/;

/** `{ pki: { role, commonName, field } }`. */
export const pkiValue = strict({
  pki: strict({
    role: roleName().describe("Role of Vault's PKI secrets engine."),
    mount: mount('pki'),
    commonName: pattern(NAME, 'a name for the certificate', 'web.example.com')
      .describe('Name that the certificate is for.')
      .meta({ examples: ['web.example.com'] }),
    altNames: filledList(pattern(NAME, 'a name or an address', 'web.internal'))
      .optional()
      .describe('Further names and IP addresses that it is for.')
      .meta({ examples: [['web.internal', '10.0.0.7']] }),
    ttl: duration({ min: 60_000, minText: '1m' })
      .optional()
      .describe("How long it is valid; the role's own when absent.")
      .meta({ examples: ['24h'] }),
    field: z
      .enum(['certificate', 'privateKey', 'caChain', 'bundle'])
      .describe('Which part of it; `bundle`: certificate, chain and private key, in this order.'),
  }).describe('A certificate that Vault issues for this slot.'),
})
  .meta({
    id: 'PkiValue',
    title: 'PKI value',
    description:
      'A certificate that Vault issues for this slot, or a part of it. Equal requests give a slot one certificate, so that its parts fit.',
  })
  .transform(({ pki: { ttl, ...pki } }: PkiInput): PkiValue => ({
    pki: ttl === undefined ? pki : { ...pki, ttlMs: ttl },
  }));

/** All that a secret can come from. */
export const secretSources = [
  vaultValue,
  databaseValue,
  pkiValue,
] as const satisfies readonly z.ZodType<SecretSource>[];
