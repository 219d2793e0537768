import { describe, expect, it } from 'vitest';
import { imagePath, pathSegment } from './path-segment.js';

describe('pathSegment', () => {
  it('escapes what would change the path', () => {
    expect(pathSegment('web/../x?force=1')).toBe('web%2F..%2Fx%3Fforce%3D1');
  });

  it.each(['', '.', '..'])('refuses "%s", which would mean all containers', (name) => {
    expect(() => pathSegment(name)).toThrow(expect.objectContaining({ code: 'DOCKER_BAD_REQUEST' }));
  });
});

describe('imagePath', () => {
  it('keeps the slashes of a reference, and nothing that climbs', () => {
    expect(imagePath('r:5000/a/web@sha256:12')).toBe('r%3A5000/a/web%40sha256%3A12');
    expect(() => imagePath('a/../b')).toThrow();
    expect(() => imagePath('')).toThrow();
  });
});
