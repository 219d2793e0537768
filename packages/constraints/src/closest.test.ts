import { expect, it } from 'vitest';
import { closest } from './closest.js';

const names = ['cpu.cores', 'cpu.model', 'region', 'labels.zone'];

it.each([
  ['cpu.core', 'cpu.cores'],
  ['CPU.Cores', 'cpu.cores'],
  ['regoin', 'region'],
  ['labels.zon', 'labels.zone'],
  ['memory', undefined],
  ['', undefined],
])('for %j takes %j to be meant', (word, meant) => {
  expect(closest(word, names)).toBe(meant);
});
