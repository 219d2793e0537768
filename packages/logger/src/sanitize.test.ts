import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitizeContext } from './sanitize.js';
import { isSecretKey } from './secret-keys.js';
import { Secret } from './secret.js';

/** What would be written, as a reader of the line gets it. */
function written(context: object): unknown {
  return JSON.parse(JSON.stringify(sanitizeContext(context, isSecretKey)));
}

describe('redaction', () => {
  it('hides values under secret-looking keys at any depth, in lists and in maps', () => {
    const context = {
      token: 'abc',
      vault: { auth: { client_token: 'abc' }, list: [{ deeper: { Password: 'abc' } }] },
      headers: new Map([
        ['X-Vault-Token', 'abc'],
        ['accept', '*/*'],
      ]),
      web: new Headers({ Authorization: 'abc', accept: '*/*' }),
      query: new URLSearchParams({ token: 'abc', wait: '5s' }),
      pin: { secret: 1234 },
      pairs: [
        ['cookie', 'abc'],
        ['host', 'h'],
      ],
      rawHeaders: ['Authorization', 'abc', 'Host', 'h'],
      env: ['VAULT_TOKEN=abc', 'PATH=/bin'],
      secrets: { inner: 'abc' },
    };
    expect(JSON.stringify(written(context))).not.toMatch(/abc|1234/);
    expect(written(context)).toEqual({
      token: '[redacted]',
      vault: { auth: '[redacted]', list: [{ deeper: { Password: '[redacted]' } }] },
      headers: { 'X-Vault-Token': '[redacted]', accept: '*/*' },
      web: { authorization: '[redacted]', accept: '*/*' },
      query: { token: '[redacted]', wait: '5s' },
      pin: { secret: '[redacted]' },
      pairs: [
        ['cookie', '[redacted]'],
        ['host', 'h'],
      ],
      rawHeaders: ['Authorization', '[redacted]', 'Host', 'h'],
      env: ['VAULT_TOKEN=[redacted]', 'PATH=/bin'],
      secrets: '[redacted]',
    });
  });

  it('shows flags and absent values, since they give nothing away', () => {
    expect(written({ token: null, password: true, secret: '', cookie: undefined })).toEqual({
      token: null,
      password: true,
      secret: '',
    });
  });

  it('hides a Secret anywhere', () => {
    const secret = new Secret('abc');
    const context = { a: secret, b: [secret], c: new Map([[secret, secret]]), d: new Set([secret]) };
    expect(JSON.stringify(written(context))).not.toContain('abc');
    expect(written(secret)).toEqual({ context: '[redacted]' });
  });

  it('masks secrets inside text, in keys as well', () => {
    const token = 'hvs.CAESIJ1h6Xx_abcd';
    expect(JSON.stringify(written({ note: `used ${token}`, [token]: 1 }))).not.toContain(token);
  });
});

describe('errors', () => {
  it('are written with type, message, code, stack and the chain of causes', () => {
    const root = Object.assign(new TypeError('refused'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new Error('no answer from Consul', { cause: root }), { retryable: true });
    expect(written({ error })).toMatchObject({
      error: {
        type: 'Error',
        message: 'no answer from Consul',
        retryable: true,
        stack: expect.stringContaining('sanitize.test') as unknown,
        cause: { type: 'TypeError', message: 'refused', code: 'ECONNREFUSED' },
      },
    });
  });

  it('are written with the errors of an AggregateError', () => {
    const error = new AggregateError([new Error('one'), new RangeError('two')], 'both failed');
    expect(written({ error })).toMatchObject({
      error: { type: 'AggregateError', errors: [{ message: 'one' }, { type: 'RangeError', message: 'two' }] },
    });
  });

  it('become the field `error` when given as the context', () => {
    expect(written(new Error('x'))).toMatchObject({ error: { message: 'x' } });
  });

  it('of an HTTP client do not give the request away', () => {
    const error = Object.assign(new Error('Request failed: X-Vault-Token: abc'), {
      name: 'AxiosError',
      config: { headers: { 'X-Vault-Token': 'abc' }, data: '{"secret_id":"abc"}', auth: { password: 'abc' } },
      request: Object.assign(new EventEmitter(), { _header: 'GET / HTTP/1.1\r\nX-Vault-Token: abc\r\n' }),
      response: { status: 403, headers: { 'set-cookie': ['abc'] } },
      toJSON: () => ({ leaked: 'abc' }),
    });
    expect(JSON.stringify(written({ error }))).not.toContain('abc');
    expect(written({ error })).toMatchObject({
      error: { type: 'AxiosError', request: '[EventEmitter]', response: { status: 403 } },
    });
  });

  it('that cause themselves end', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(written({ error })).toMatchObject({ error: { cause: '[circular]' } });
  });
});

describe('odd contexts', () => {
  it('are written without throwing', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    const context = {
      get thrower(): never {
        throw new Error('no');
      },
      revoked: revoked.proxy,
      hostile,
      big: 10n ** 30n,
      nan: NaN,
      symbol: Symbol('s'),
      call: () => 1,
      bytes: Buffer.from('abc'),
      date: new Date(0),
      badDate: new Date(NaN),
      pattern: /a/,
      url: new URL('http://u:p@h/'),
      json: {
        toJSON: () => {
          throw new Error('no');
        },
      },
      promise: Promise.resolve(1),
      bare: Object.create(null) as object,
      list: [undefined, 1],
    };
    expect(written(context)).toEqual({
      thrower: '[unreadable]',
      revoked: '[unreadable]',
      hostile: '[unreadable]',
      big: '1000000000000000000000000000000',
      nan: 'NaN',
      symbol: 'Symbol(s)',
      call: '[function call]',
      bytes: '[3 bytes]',
      date: '1970-01-01T00:00:00.000Z',
      badDate: 'Invalid Date',
      pattern: '/a/',
      url: 'http://u:[redacted]@h/',
      json: '[unreadable]',
      promise: '[Promise]',
      bare: {},
      list: [null, 1],
    });
    expect(written(revoked.proxy)).toEqual({ context: '[unreadable]' });
    expect(written(hostile)).toEqual({ context: '[unreadable]' });
    expect(written([1])).toEqual({ items: [1] });
    expect(written('text' as unknown as object)).toEqual({ context: 'text' });
  });

  it('with cycles end, and the same object twice is no cycle', () => {
    const shared = { a: 1 };
    const loop: Record<string, unknown> = { shared, again: shared };
    loop.self = loop;
    expect(written({ loop })).toEqual({ loop: { shared: { a: 1 }, again: { a: 1 }, self: '[circular]' } });
  });

  it('with endless depth end', () => {
    let deep: object = {};
    for (let i = 0; i < 100_000; i += 1) deep = { deep };
    expect(JSON.stringify(written({ deep }))).toContain('[object]');
    const endless = { toJSON: () => ({ ...endless }) };
    expect(JSON.stringify(written({ endless })).length).toBeLessThan(1_000);
  });

  it('of great size are cut', () => {
    const list = Array.from({ length: 1_000 }, () => Array.from({ length: 1_000 }, () => 1));
    expect(JSON.stringify(written({ list })).length).toBeLessThan(100_000);
    expect(JSON.stringify(written({ list: list[0] }))).toContain('[800 more]');
    expect(JSON.stringify(written(Object.fromEntries(list.map((_, i) => [`k${i}`, i]))))).toContain(
      '[800 more]',
    );
  });

  it('cannot set a prototype', () => {
    const context = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    expect(written({ context })).not.toHaveProperty('context.polluted');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('never throw and always serialise, whatever they are', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withTypedArray: true,
      withObjectString: true,
    });
    fc.assert(
      fc.property(anything, (context) => {
        written({ context });
      }),
      { numRuns: 500 },
    );
  });

  it('never show a value under a secret key, wherever it is', () => {
    const key = fc.constantFrom('token', 'Password', 'x-vault-token', 'SECRET_ID', 'apiKey');
    const hidden = fc.letrec((tie) => ({
      node: fc.oneof(
        fc.record({ key, value: fc.constant('LEAK') }).map((r) => ({ [r.key]: r.value })),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 }),
        tie('node').map((node) => new Map([['entry', node]])),
        tie('node').map((node) => Object.assign(new Error('e'), { node, cause: node })),
      ),
    })).node;
    fc.assert(
      fc.property(hidden, (context) => {
        expect(JSON.stringify(written({ context }))).not.toContain('LEAK');
      }),
      { numRuns: 500 },
    );
  });
});
