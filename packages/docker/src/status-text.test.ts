import { describe, expect, it } from 'vitest';
import { parseStatusText } from './status-text.js';

describe('parseStatusText', () => {
  it.each([
    ['Up 5 seconds', { health: 'none' }],
    ['Up Less than a second (health: starting)', { health: 'starting' }],
    ['Up 2 minutes (healthy)', { health: 'healthy' }],
    ['Up 2 minutes (unhealthy)', { health: 'unhealthy' }],
    ['Up 2 minutes (Paused)', { health: 'none' }],
    ['Exited (0) Less than a second ago', { health: 'none', exitCode: 0 }],
    ['Exited (137) 3 hours ago', { health: 'none', exitCode: 137 }],
    ['Restarting (1) 2 seconds ago', { health: 'none' }],
    ['Created', { health: 'none' }],
    ['Removal In Progress', { health: 'none' }],
    ['Dead', { health: 'none' }],
    ['', { health: 'none' }],
  ])('%s', (text, expected) => {
    expect(parseStatusText(text)).toEqual(expected);
  });
});
