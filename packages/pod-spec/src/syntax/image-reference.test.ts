import { describe, expect, it } from 'vitest';

import { IMAGE_PATTERN, withTag } from './image-reference.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('image references', () => {
  it.each([
    'nginx',
    'library/nginx:1.27-alpine',
    'localhost:5000/a/b_c/d__e:v1',
    'ghcr.io/acme/web:1.4',
    'registry.example.com:443/a.b/c-d',
    `nginx@${DIGEST}`,
    `ghcr.io/acme/web:1.4@${DIGEST}`,
  ])('accepts %s', (image) => {
    expect(IMAGE_PATTERN.test(image)).toBe(true);
  });

  it.each([
    '',
    'UPPER',
    'a//b',
    '/a',
    'a/',
    'a:',
    'a:b:c',
    'nginx:' + 'x'.repeat(129),
    'nginx@sha256:abc',
    'a b',
    'https://a/b',
    '-a',
    'a..b',
    'a\n',
  ])('refuses %j', (image) => {
    expect(IMAGE_PATTERN.test(image)).toBe(false);
  });

  it('answers fast on hostile text', () => {
    const start = performance.now();
    for (const text of [
      'a'.repeat(200_000),
      'a-'.repeat(100_000),
      'a.'.repeat(100_000),
      'a/'.repeat(100_000),
    ]) {
      IMAGE_PATTERN.test(`${text}!`);
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it.each([
    ['nginx', 'nginx:latest'],
    ['localhost:5000/web', 'localhost:5000/web:latest'],
    ['nginx:1', 'nginx:1'],
    [`nginx@${DIGEST}`, `nginx@${DIGEST}`],
  ])('%s is %s', (image, tagged) => {
    expect(withTag(image)).toBe(tagged);
  });
});
