import { expect, it } from 'vitest';

import { pullMessage } from './pull-message.js';

it('sums up the layers, and does not speak all the time', () => {
  const messages: string[] = [];
  const onProgress = pullMessage('web:1', (message) => messages.push(message));
  onProgress({ id: 'a', status: 'Downloading', current: 1_500_000, total: 10_000_000 });
  onProgress({ id: 'b', status: 'Downloading', current: 1_000_000, total: 2_000_000 });
  onProgress({ status: 'Pulling from library/web' });
  expect(messages).toEqual(['pulling web:1: 1.5 of 10.0 MB']);
});
