/** An answer of Vault, as recorded from a server of version 1.8. */
export interface Answer {
  readonly status: number;
  /** null: none. */
  readonly body: unknown;
}

/** A good answer in Vault's envelope. */
export function ok(fields: Readonly<Record<string, unknown>> = {}): Answer {
  const body = {
    request_id: 'e794621d-f05f-a548-e565-22db4a0aa8ca',
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: null,
    wrap_info: null,
    warnings: null,
    auth: null,
    ...fields,
  };
  return { status: 200, body };
}

/** A refusal. */
export function errors(status: number, ...texts: readonly string[]): Answer {
  return { status, body: { errors: texts } };
}

/** What a login gives; also a renewal, and a created token. */
export function auth(token: string, fields: Readonly<Record<string, unknown>> = {}): Answer {
  return ok({
    auth: {
      client_token: token,
      accessor: `accessor-of-${token}`,
      policies: ['default', 'raftainer'],
      token_policies: ['default', 'raftainer'],
      metadata: { role_name: 'raftainer' },
      lease_duration: 1200,
      renewable: true,
      entity_id: '8d982333-7dc4-bd0f-4d8a-e4d22abd0f2c',
      token_type: 'service',
      orphan: true,
      ...fields,
    },
  });
}

/** What a mount is. */
export function mount(path: string, version: '1' | '2' | undefined, type = 'kv'): Answer {
  return ok({
    data: {
      accessor: 'kv_59df89fd',
      config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
      description: '',
      options: version === undefined ? null : { version },
      path,
      type,
    },
  });
}

/** A version of a KV 2 secret. */
export function kv2(data: unknown, { version = 2, deletionTime = '', destroyed = false } = {}): Answer {
  const metadata = {
    created_time: `2026-11-23T01:33:0${version}.518308804Z`,
    deletion_time: deletionTime,
    destroyed,
    version,
  };
  return { ...ok({ data: { data, metadata } }), status: data === null ? 404 : 200 };
}

/** The token, or a policy, does not allow it: the same status, two texts. */
export const DENIED_BY_POLICY = errors(403, '1 error occurred:\n\t* permission denied\n\n');
export const UNKNOWN_TOKEN = errors(403, 'permission denied');
export const NOTHING = errors(404);
export const DONE: Answer = { status: 204, body: null };
export const SEALED = errors(503, 'error performing token check: Vault is sealed');

/** The answer to `lookup-self` of a token of a login. */
export function lookup(fields: Readonly<Record<string, unknown>> = {}): Answer {
  return ok({
    data: {
      accessor: 'eas4gYeuqbXToOBZf2vPzjm8',
      creation_ttl: 1200,
      display_name: 'approle',
      expire_time: '2026-11-23T01:53:23.56453202Z',
      explicit_max_ttl: 0,
      id: 's.F1Oq0SMNz8jxLmPHYbOzG28q',
      num_uses: 0,
      orphan: true,
      renewable: true,
      ttl: 1199,
      type: 'service',
      ...fields,
    },
  });
}

/** Of the root token: no end, and nothing said about renewing. */
export const ROOT_LOOKUP = ok({
  data: { accessor: 'root-accessor', expire_time: null, ttl: 0, type: 'service', num_uses: 0 },
});
