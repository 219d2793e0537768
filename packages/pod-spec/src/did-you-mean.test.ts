import { describe, expect, it } from 'vitest';

import { closest } from './did-you-mean.js';

const KNOWN = [
  'containerPort',
  'environment',
  'healthCheck',
  'hostPort',
  'image',
  'instances',
  'name',
  'protocol',
  'volumes',
];

describe('closest', () => {
  it.each([
    ['imag', 'image'],
    ['prot', 'protocol'],
    ['nmae', 'name'],
    ['healthcheck', 'healthCheck'],
    ['health_check', 'healthCheck'],
    ['host-port', 'hostPort'],
    ['env', 'environment'],
    ['replicas', 'instances'],
    ['volumeMounts', 'volumes'],
    ['livenessProbe', 'healthCheck'],
  ])('%s: %s', (word, meant) => {
    expect(closest(word, KNOWN)).toBe(meant);
  });

  it.each(['', 'x', 'privileged', 'constructor', 'i'.repeat(100_000)])('nothing is near %.20s', (word) => {
    expect(closest(word, KNOWN)).toBeUndefined();
  });
});
