import { isIP } from 'node:net';

import { parseDuration } from '@raftainer/pod-spec';
import { z } from 'zod';

/** `key=value` pairs. */
export const labels = z.string().transform((text, context) => {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  const entries = pairs.map((pair) => /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair)?.slice(1));
  if (entries.some((entry) => entry === undefined)) {
    context.addIssue('must be key=value pairs separated by commas, such as zone=a,disk=ssd');
    return z.NEVER;
  }
  return Object.fromEntries(entries.filter((entry) => entry !== undefined)) as Readonly<
    Record<string, string>
  >;
});

/** Two port numbers, both included. */
export const portRange = z.string().transform((text, context) => {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || from < 1 || to > 65_535 || from > to) {
    context.addIssue('must be a range of ports such as 20000-31999');
    return z.NEVER;
  }
  return { from, to };
});

/** Prefix of the subnet of one pod: 16 addresses. */
export const MAX_POD_PREFIX = 28;

/** The range that pod networks are cut from. */
export const podSubnets = z.string().transform((text, context) => {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/.exec(text);
  const prefix = Number(match?.[2]);
  if (match?.[1] === undefined || isIP(match[1]) !== 4 || prefix < 8 || prefix > MAX_POD_PREFIX) {
    context.addIssue('must be an IPv4 range such as 10.213.0.0/16, between /8 and /28');
    return z.NEVER;
  }
  return { range: text, prefixLength: MAX_POD_PREFIX };
});

export const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue('must be a duration such as 500ms, 4.5s or 10m');
  return z.NEVER;
});
