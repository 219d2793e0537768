import { describe, expect, it } from 'vitest';
import { parseRecord } from './parse-record.js';

const pod = { name: 'web', containers: [{ name: 'app', image: 'busybox:1' }] };

describe('parseRecord', () => {
  it('is the pod when all is well', () => {
    expect(parseRecord('web', JSON.stringify(pod))).toMatchObject({ ok: true, pod: { name: 'web' } });
  });

  it.each([
    ['web', '{"name": ', '', /line 1, column/],
    ['web', '', '', /./],
    ['web', 'name: web', '', /line 1, column/],
    ['other', JSON.stringify(pod), 'name', /"web".*"other"/],
    ['Web', JSON.stringify(pod), '', /"Web", which cannot name a pod/],
    ['a/b', JSON.stringify(pod), '', /more than one segment/],
    ['web', JSON.stringify({ ...pod, containers: 1 }), 'containers', /./],
    ['web', 'null', '', /./],
    ['web', '[]', '', /./],
  ])('says what is wrong under %j with %s', (name, text, ...[path, message]) => {
    const result = parseRecord(name, text);
    expect(result).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([
        expect.objectContaining({ path, message: expect.stringMatching(message) as string }),
      ]) as unknown[],
    });
  });
});
