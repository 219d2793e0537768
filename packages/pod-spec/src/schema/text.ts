import { z } from 'zod';

import { describeValue } from '../describe-value.js';
import { didYouMean } from '../did-you-mean.js';
import { say } from '../issue-text.js';
import { LIMITS } from '../limits.js';
import { isAddress, isExtraHost, isHostName } from '../syntax/addresses.js';
import { CAPABILITIES } from '../syntax/capabilities.js';
import { IMAGE_PATTERN, LONGEST_IMAGE, withTag } from '../syntax/image-reference.js';
import { SIGNALS } from '../syntax/signals.js';

/** Text of one form; `expected` names the form in messages, `example` shows it. */
export function pattern(form: RegExp, expected: string, example?: string): z.ZodString {
  return z.string().regex(form, {
    error: (issue) =>
      say(
        `expected ${expected}, found ${describeValue(issue.input)}`,
        example === undefined ? undefined : `such as "${example}"`,
      ),
  });
}

/** Text that is not empty and has no NUL, which no C string can carry. */
export function text(): z.ZodString {
  return pattern(/^[^\0]+$/, 'text that is not empty');
}

/** Text that may be empty. */
export function anyText(): z.ZodString {
  return pattern(/^[^\0]*$/, 'text without NUL characters');
}

const LABEL = /^(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** A DNS label with at least one letter: `1` alone would be read as an address or an index. */
export function dnsLabel(longest: number): z.ZodString {
  return pattern(LABEL, 'lower-case letters, digits and dashes (a DNS label with a letter in it)', 'web-1')
    .max(longest, {
      error: (issue) => `expected at most ${longest} characters, found ${(issue.input as string).length}`,
    })
    .meta({ title: `name of at most ${longest} characters` });
}

/** Name of a container: its host name on the pod's network. */
export function containerName(): z.ZodString {
  return dnsLabel(LIMITS.containerName).regex(/^(?!localhost$)/, {
    error: 'cannot be "localhost", which is each container itself',
  });
}

const PATH = /^\/(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\0\r\n]*$/;

/** An absolute path without `.` and `..` components. */
export function absolutePath(): z.ZodString {
  return pattern(PATH, 'an absolute path without "." and ".."', '/data').meta({ title: 'absolute path' });
}

/** Where something is mounted: an absolute path other than `/`. */
export function mountPath(): z.ZodString {
  return absolutePath().regex(/[^/]/, { error: 'cannot be "/", which is the image itself' });
}

const HOST_ATTRIBUTE = /^[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9][A-Za-z0-9._/-]*)?$/;

/** Name of a host attribute. */
export function attribute(): z.ZodString {
  return pattern(HOST_ATTRIBUTE, 'the name of a host attribute', 'labels.zone').meta({
    title: 'host attribute',
  });
}

/** `user`, `user:group`, or their numbers. */
export function user(): z.ZodString {
  return pattern(
    /^[A-Za-z0-9_][\w.-]*(?::[A-Za-z0-9_][\w.-]*)?$/,
    'a user or user:group, by name or number',
    '1000:1000',
  ).meta({ title: 'user or user:group' });
}

/** An image reference; `:latest` is added where there is neither a tag nor a digest. */
export function imageReference(): z.ZodType<string, string> {
  return pattern(IMAGE_PATTERN, 'an image reference', 'ghcr.io/acme/web:1.4')
    .max(LONGEST_IMAGE, { error: `expected at most ${LONGEST_IMAGE} characters` })
    .transform(withTag)
    .meta({ title: 'image reference' });
}

/** A signal, with or without `SIG`. */
export function signal(): z.ZodType<string, string> {
  return knownWord({
    known: SIGNALS,
    title: 'signal',
    example: 'SIGTERM',
    normalise: (name) => `SIG${name.toUpperCase().replace(/^SIG/, '')}`,
  });
}

/** A capability, with or without `CAP_`. */
export function capability(): z.ZodType<string, string> {
  return knownWord({
    known: CAPABILITIES,
    title: 'Linux capability',
    example: 'NET_ADMIN',
    normalise: (name) => name.toUpperCase().replace(/^CAP_/, ''),
  });
}

/** `name:address`, a line for /etc/hosts. */
export function extraHost(): z.ZodString {
  return satisfying(
    isExtraHost,
    'name:address with an IP address or host-gateway',
    'db.internal:10.0.0.7',
  ).meta({ title: 'name:address' });
}

/** An IPv4 or IPv6 address. */
export function address(): z.ZodString {
  return satisfying(isAddress, 'an IP address', '10.0.0.53').meta({ title: 'IP address' });
}

/** A host name for an ingress. */
export function hostName(): z.ZodString {
  return satisfying(isHostName, 'a host name', 'www.example.com').meta({ title: 'host name' });
}

/** Text that a predicate accepts. */
export function satisfying(test: (text: string) => boolean, expected: string, example: string): z.ZodString {
  return z.string().refine(test, {
    error: (issue) =>
      say(`expected ${expected}, found ${describeValue(issue.input)}`, `such as "${example}"`),
  });
}

interface KnownWord {
  readonly known: readonly string[];
  readonly title: string;
  readonly example: string;
  readonly normalise: (word: string) => string;
}

function knownWord({ known, title, example, normalise }: KnownWord): z.ZodType<string, string> {
  return z
    .string()
    .refine((word) => known.includes(normalise(word)), {
      error: (issue) =>
        say(
          `expected the name of a ${title}, found ${describeValue(issue.input)}`,
          didYouMean(normalise(String(issue.input)), known) ?? `such as "${example}"`,
        ),
    })
    .transform(normalise)
    .meta({ title });
}
