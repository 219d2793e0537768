import { describe, expect, it } from 'vitest';
import { LogAssembler } from './log-assembler.js';

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

const T1 = '2026-01-02T03:04:05.123456789Z';
const T2 = '2026-01-02T03:04:05.2Z';

describe('LogAssembler', () => {
  it('keeps the streams apart, also within a line', () => {
    const logs = new LogAssembler({ tty: false, timestamps: false });
    const lines = [frame(1, 'one '), frame(2, 'bad\n'), frame(1, 'line\nrest')].flatMap((bytes) =>
      logs.push(bytes),
    );
    expect([...lines, ...logs.end()]).toEqual([
      { stream: 'stderr', text: 'bad' },
      { stream: 'stdout', text: 'one line' },
      { stream: 'stdout', text: 'rest' },
    ]);
  });

  it('takes the time off, and the further times off the pieces of a long line', () => {
    const logs = new LogAssembler({ tty: false, timestamps: true });
    const bytes = Buffer.concat([frame(1, `${T1} aaa`), frame(2, `${T1} e\n`), frame(1, `${T2} bbb\n`)]);
    expect(logs.push(bytes)).toEqual([
      { stream: 'stderr', time: T1, text: 'e' },
      { stream: 'stdout', time: T1, text: 'aaabbb' },
    ]);
  });

  it('leaves text that looks like a time alone when no times were asked for', () => {
    const logs = new LogAssembler({ tty: false, timestamps: false });
    expect(logs.push(frame(1, `${T1} x\n`))).toEqual([{ stream: 'stdout', text: `${T1} x` }]);
  });

  it('reads a terminal as one stream, with its line ends', () => {
    const logs = new LogAssembler({ tty: true, timestamps: true });
    expect(logs.push(Buffer.from(`${T1} a\r\n${T2} b\r\n`))).toEqual([
      { stream: 'stdout', time: T1, text: 'a' },
      { stream: 'stdout', time: T2, text: 'b' },
    ]);
  });
});
