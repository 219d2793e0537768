import { expect, it } from 'vitest';
import { normaliseArchitecture } from './architecture.js';

it.each([
  ['x86_64', 'amd64'],
  ['x64', 'amd64'],
  ['amd64', 'amd64'],
  ['aarch64', 'arm64'],
  ['arm64', 'arm64'],
  ['ARM64', 'arm64'],
  ['i686', '386'],
  ['armv7l', 'arm'],
  ['riscv64', 'riscv64'],
  ['s390x', 's390x'],
])('calls %s %s', (name, expected) => {
  expect(normaliseArchitecture(name)).toBe(expected);
});
