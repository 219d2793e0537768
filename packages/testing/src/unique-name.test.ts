import { expect, it } from 'vitest';
import { uniqueName } from './unique-name.js';

it('keeps the prefix and stays a DNS label', () => {
  expect(uniqueName('pod')).toMatch(/^pod-[0-9a-f]{8}$/);
});

it('gives a new name each time', () => {
  const names = Array.from({ length: 100 }, () => uniqueName('x'));
  expect(new Set(names).size).toBe(100);
});
