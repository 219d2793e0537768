import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskText } from './mask-text.js';

describe('maskText', () => {
  it.each([
    ['Bearer xxx', 'Bearer [redacted]'],
    ['got bearer abc.def-1~2/3+4== from it', 'got bearer [redacted] from it'],
    ['token hvs.CAESIJ1h6Xx_abcdEF was denied', 'token [redacted] was denied'],
    ['hvb.AAAAAQJ7bX3 hvr.AAAAAQJ7bX3', '[redacted] [redacted]'],
    ['old s.Zx9mFfJ0aBcDeFgHiJkLmNoP, ns s.Zx9mFfJ0aBcDeFgHiJkLmNoP.a1B2c', 'old [redacted], ns [redacted]'],
    [
      'GET / HTTP/1.1\r\nX-Vault-Token: abc\r\nHost: v',
      'GET / HTTP/1.1\\x0d\nX-Vault-Token: [redacted]\\x0d\nHost: v',
    ],
    ['authorization: Basic dXNlcjpwYXNz', 'authorization: [redacted]'],
    ['Cookie: a="b"; c=d', 'Cookie: [redacted]'],
    ['postgres://app:s3cr3t@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
    ['http://v/?token=abc&list=true', 'http://v/?token=[redacted]&list=true'],
    ['VAULT_TOKEN=abc PATH=/bin', 'VAULT_TOKEN=[redacted] PATH=/bin'],
    ['DB_PASSWORD="a b" next', 'DB_PASSWORD="[redacted]" next'],
    ['{"role_id":"r","secret_id":"q\\"x"}', '{"role_id":"r","secret_id":"[redacted]"}'],
    [
      '{"data":"{\\"password\\":\\"p\\",\\"user\\":\\"u\\"}"}',
      '{"data":"{\\"password\\":\\"[redacted]\\",\\"user\\":\\"u\\"}"}',
    ],
    ["{ user: 'u', password: 'p' }", "{ user: 'u', password: '[redacted]' }"],
    ["{ 'x-vault-token': 'p' }", "{ 'x-vault-token': '[redacted]' }"],
    ['jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln', 'jwt [redacted]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter', '[redacted]\nafter'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE cut off', '[redacted]'],
  ])('masks %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it.each([
    'web/0 runs on host s.example.com',
    'this.state.value hvs. s.short',
    'raftainer/pods/configs/web index=7 "key":"raftainer/pods"',
    'http://127.0.0.1:8500/v1/kv/a?wait=5s',
    'a\tb\nc',
    'the token has expired',
    '',
  ])('leaves %j as it is', (text) => {
    expect(maskText(text)).toBe(text);
  });

  it('escapes control characters, which could rewrite a terminal', () => {
    expect(maskText('a\u001b[2Jb\u0007\u009b')).toBe('a\\x1b[2Jb\\x07\\x9b');
  });

  it('cuts long text and says so, without baring what the cut goes through', () => {
    const text = `${'x '.repeat(8_190)}hvs.${'A'.repeat(100)} tail`.padEnd(30_000, '.');
    const masked = maskText(text);
    expect(masked.length).toBeLessThan(16_500);
    expect(masked).toContain('[cut; 30000 characters in all]');
    expect(masked).not.toContain('AAAA');
  });

  it('needs little time for hostile text', () => {
    const hostile = [
      'a',
      '"a":"',
      '\\"a\\":\\"\\',
      'aaa=',
      'a://',
      "a: '\\",
      '-----BEGIN PRIVATE KEY-----',
      'cookie:',
      'eyJaaaaaaaaa.',
    ];
    const started = performance.now();
    for (const piece of hostile) maskText(piece.repeat(30_000));
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('never shows a password of a pair, whatever surrounds it', () => {
    const value = fc.stringMatching(/^[a-z0-9]{8,20}$/).map((text) => `Zq${text}`);
    fc.assert(
      fc.property(fc.string(), value, fc.string(), (before, password, after) => {
        expect(maskText(`${before} "password":"${password}" ${after}`)).not.toContain(password);
      }),
    );
  });
});
