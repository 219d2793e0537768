import { describe, expect, it } from 'vitest';

import { freeSubnet } from '../harness/subnet.js';

const inTheHalf = (half: string): string => `default via 192.0.2.1 dev eth0\n${half} dev x proto kernel\n`;

describe('a free subnet', () => {
  it('is a /24 that no route touches', () => {
    for (let round = 0; round < 200; round += 1) {
      const [, second] = freeSubnet(inTheHalf('10.64.0.0/11')).split('.').map(Number);
      expect(second).toBeGreaterThanOrEqual(96);
      expect(second).toBeLessThanOrEqual(127);
    }
  });

  it('counts a narrower route, a wider one, and a single address', () => {
    const routes = Array.from({ length: 256 }, (_, third) =>
      third === 7 ? '' : [...Array(64).keys()].map((at) => `10.${64 + at}.${third}.${third}${at % 2 ? '/28' : ''} dev x`).join('\n'),
    ).join('\n'); // prettier-ignore
    expect(freeSubnet(routes)).toMatch(/^10\.\d+\.7$/);
    expect(() => freeSubnet('10.0.0.0/8 dev x\n')).toThrow(/routes too much/);
  });
});
