import { expect, it } from 'vitest';
import { consulEnvironment } from './consul-environment.js';

it.each([
  [{}, {}, undefined],
  [{ RAFTAINER_CONSUL_HOST: 'c1' }, {}, 'c1:8500'],
  [{ RAFTAINER_CONSUL_PORT: '8501' }, {}, '127.0.0.1:8501'],
  [{ RAFTAINER_CONSUL_HOST: '::1', RAFTAINER_CONSUL_PORT: '1' }, {}, '[::1]:1'],
  [{ RAFTAINER_CONSUL_HOST: 'c1', CONSUL_HTTP_ADDR: 'c2:1' }, {}, 'c1:8500'],
  [{ CONSUL_HTTP_ADDR: 'c2:1', RAFTAINER_CONSUL_PORT: '1' }, {}, 'c2:1'],
  [{ RAFTAINER_CONSUL_HOST: 'c1', CONSUL_HTTP_ADDR: '' }, {}, 'c1:8500'],
  [{ CONSUL_HTTP_ADDR: 'c2:1' }, { address: 'https://c3' }, 'https://c3'],
])('%j with %j asks %j', (env, flags, address) => {
  expect(consulEnvironment(env, flags).CONSUL_HTTP_ADDR).toBe(address);
});

it('takes the token of the option before that of the environment, and keeps the rest', () => {
  const env = { CONSUL_HTTP_TOKEN: 'a', CONSUL_HTTP_SSL: 'true' };
  expect(consulEnvironment(env, {})).toMatchObject(env);
  expect(consulEnvironment(env, { token: 'b' })).toMatchObject({
    CONSUL_HTTP_TOKEN: 'b',
    CONSUL_HTTP_SSL: 'true',
  });
});
