import { readFileSync } from 'node:fs';

import type { ConsulOptions } from '@raftainer/consul';

/**
 * The options with what their files say now, as they survive JSON. A guard takes them so before every call: whatever is
 * replaced while it holds claims counts at once. A file that is empty or missing at the moment leaves what was known.
 */
export function presentOptions(options: ConsulOptions): ConsulOptions {
  const { token, tokenFile, tls } = options;
  const present = textOf(tokenFile)?.trim() ?? token;
  const withToken = present === undefined ? options : { ...options, token: present };
  if (tls === undefined) return withToken;
  const texts = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const text = textOf(tls[`${name}File`]) ?? tls[name]?.toString();
    return text === undefined ? [] : [[name, text] as const];
  });
  return { ...withToken, tls: { ...tls, ...Object.fromEntries(texts) } };
}

function textOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(path, 'utf8');
    return text.trim() === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
