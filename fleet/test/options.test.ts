import { describe, expect, it } from 'vitest';

import { withDefaults } from '../harness/fleet-options.js';
import { readOptions } from '../options.js';

describe('the options of the cluster', () => {
  it('are three of each unless said otherwise', () => {
    expect(readOptions([])).toEqual({ hosts: 3, servers: 3, gossip: 'fast', once: false });
    expect(readOptions(['--hosts', '5', '--servers', '1', '--once', '--gossip', 'default'])).toEqual({
      hosts: 5,
      servers: 1,
      gossip: 'default',
      once: true,
    });
    expect(readOptions(['--help', '--hosts', '0'])).toBeUndefined();
  });

  it.each([
    [['--hosts', '0'], /--hosts: "0" is no whole number from 1 to 20/],
    [['--hosts', 'many'], /--hosts: "many"/],
    [['--servers', '2'], /--servers: give 1, 3 or 5/],
    [['--gossip', 'slow'], /--gossip: give fast or default, not "slow"/],
    [['--frozen'], /Unknown option/],
  ])('refuse %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});

describe('the options of a fleet', () => {
  it('have a default each', () => {
    expect(withDefaults({})).toMatchObject({
      ...{ hosts: 3, servers: 3, gossip: 'default' },
      ...{ agent: {}, engine: {}, images: ['test'] },
    });
  });

  it.each([[{ hosts: 0 }], [{ hosts: 1.5 }], [{ hosts: 201 }], [{ servers: 2 }]])('refuse %j', (options) => {
    expect(() => withDefaults(options)).toThrow(/give/);
  });
});
