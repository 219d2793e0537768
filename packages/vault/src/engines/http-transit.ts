import type { Session } from '../session.js';
import { encodePath } from '../transport/path.js';
import { dataOf } from '../transport/read-answer.js';
import type { EngineOptions } from './database.js';
import type { Transit } from './transit.js';

/** The transit secrets engine over HTTP. */
export function createTransit(session: Session): Transit {
  return {
    sign: async (...[key, input, options]) => {
      const doing = `signing with the transit key "${key}"`;
      const body = { input: base64(input) };
      const spec = { doing, method: 'POST', path: pathOf('sign', key, options), body } as const;
      return dataOf(await session.call(spec, options)).string('signature');
    },
    verify: async (...[key, input, signature, options]) => {
      const doing = `verifying a signature of the transit key "${key}"`;
      const body = { input: base64(input), signature };
      const spec = { doing, method: 'POST', path: pathOf('verify', key, options), body } as const;
      return dataOf(await session.call(spec, options)).boolean('valid');
    },
  };
}

function pathOf(action: string, key: string, options: EngineOptions | undefined): string {
  const mount = encodePath(options?.mount ?? 'transit', 'The mount of the transit engine');
  return `${mount}/${action}/${encodePath(key, 'The transit key')}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
