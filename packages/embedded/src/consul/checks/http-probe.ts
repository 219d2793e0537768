import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { CheckProbe } from '../state/records.js';
import { connectProblem } from './connect-problem.js';
import type { CheckResult } from './check-result.js';
import { withinTime } from './within-time.js';

type HttpProbe = Extract<CheckProbe, { kind: 'http' }>;

/** Consul keeps so much of an answer in a check's output. */
const MAX_OUTPUT_BYTES = 4096;
const MAX_REDIRECTS = 10;

/** Asks once: 2xx is passing, 429 warning, anything else (also no answer) critical. */
export async function probeHttp(probe: HttpProbe, signal: AbortSignal): Promise<CheckResult> {
  return withinTime(probe.timeoutMs, signal, async (deadline) => askBy(probe, deadline));
}

async function askBy(probe: HttpProbe, deadline: AbortSignal): Promise<CheckResult> {
  try {
    const { response, body } = await follow(probe, deadline);
    const code = response.statusCode ?? 0;
    const output = `HTTP ${probe.method} ${probe.url}: ${code} ${response.statusMessage ?? ''} Output: ${body}`;
    if (code >= 200 && code < 300) return { status: 'passing', output };
    return { status: code === 429 ? 'warning' : 'critical', output };
  } catch (error) {
    const verb = probe.method.charAt(0) + probe.method.slice(1).toLowerCase();
    return {
      status: 'critical',
      output: `${verb} ${JSON.stringify(probe.url)}: ${connectProblem(error, deadline)}`,
    };
  }
}

interface Reply {
  readonly response: IncomingMessage;
  readonly body: string;
}

async function follow(probe: HttpProbe, signal: AbortSignal): Promise<Reply> {
  let url = new URL(probe.url);
  for (let hop = 0; ; hop += 1) {
    const reply = await ask(probe, url, signal);
    const location = reply.response.headers.location;
    if (!isRedirect(reply.response) || location === undefined) return reply;
    if (hop === MAX_REDIRECTS) throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
    url = new URL(location, url);
  }
}

function isRedirect(response: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(response.statusCode ?? 0);
}

function ask(probe: HttpProbe, url: URL, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = {
      'User-Agent': 'Consul Health Check',
      Accept: 'text/plain, text/*, */*',
      ...headersOf(probe),
    };
    const rejectUnauthorized = !probe.tlsSkipVerify;
    const request = send(url, { method: probe.method, headers, signal, agent: false, rejectUnauthorized });
    request.on('error', reject);
    request.on('response', (response) => {
      readStart(response).then((body) => {
        resolve({ response, body });
      }, reject);
    });
    request.end(probe.body);
  });
}

function headersOf(probe: HttpProbe): Readonly<Record<string, string[]>> {
  return Object.fromEntries(Object.entries(probe.headers).map(([name, values]) => [name, [...values]]));
}

async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length >= MAX_OUTPUT_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_OUTPUT_BYTES).toString();
}
