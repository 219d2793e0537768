import { expect, it } from 'vitest';
import { formatTable } from './table.js';

it('aligns columns, whatever colours and missing cells there are', () => {
  const rows = [
    ['NAME', 'STATE', 'WHY'],
    ['\u001b[1mweb\u001b[22m', 'ok'],
    ['longer-name', '1 → 2', 'because'],
  ];
  expect(formatTable(rows)).toEqual([
    'NAME         STATE  WHY',
    '\u001b[1mweb\u001b[22m          ok',
    'longer-name  1 → 2  because',
  ]);
});

it('takes no rows for no lines', () => {
  expect(formatTable([])).toEqual([]);
});
