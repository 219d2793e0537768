import { describe, expect, it } from 'vitest';
import { parseImageReference } from './image-reference.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('parseImageReference', () => {
  it.each([
    ['nginx', { repository: 'nginx', version: 'latest' }],
    ['nginx:1', { repository: 'nginx', version: '1' }],
    ['acme/web:1.2', { repository: 'acme/web', version: '1.2' }],
    ['ghcr.io/acme/web', { repository: 'ghcr.io/acme/web', version: 'latest', registry: 'ghcr.io' }],
    ['localhost/web:1', { repository: 'localhost/web', version: '1', registry: 'localhost' }],
    ['r:5000/web', { repository: 'r:5000/web', version: 'latest', registry: 'r:5000' }],
    ['r:5000/a/web:2', { repository: 'r:5000/a/web', version: '2', registry: 'r:5000' }],
    [`web@${DIGEST}`, { repository: 'web', version: DIGEST }],
    [`r:5000/web:2@${DIGEST}`, { repository: 'r:5000/web', version: DIGEST, registry: 'r:5000' }],
  ])('%s', (reference, parts) => {
    expect(parseImageReference(reference)).toEqual(parts);
  });
});
