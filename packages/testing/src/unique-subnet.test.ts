import { expect, it } from 'vitest';
import { uniqueSubnet } from './unique-subnet.js';

it('lies within 10.214.0.0/15 and counts on from its first address', () => {
  for (let round = 0; round < 1000; round += 1) {
    const subnet = uniqueSubnet();
    const { cidr } = subnet;
    const [, , last] = /^10\.(214|215)\.\d{1,3}\.(\d{1,3})\/28$/.exec(cidr) ?? [];
    expect(last, cidr).toBeDefined();
    expect(Number(last) % 16, cidr).toBe(0);
    expect(Number(last), cidr).toBeLessThan(256);
    expect(subnet.address(2), cidr).toBe(cidr.replace(/\.\d+\/28$/, `.${String(Number(last) + 2)}`));
  }
});

it('hardly ever meets another', () => {
  const subnets = new Set(Array.from({ length: 20 }, () => uniqueSubnet().cidr));
  expect(subnets.size).toBeGreaterThan(15);
});
