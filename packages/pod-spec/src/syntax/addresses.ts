import { z } from 'zod';

const IPV4 = z.ipv4();
const IPV6 = z.ipv6();

/** Whether the text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return IPV4.safeParse(text).success || IPV6.safeParse(text).success;
}

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** Whether the text is a host name (RFC 1123 §2.1). */
export function isHostName(text: string): boolean {
  return HOST_NAME.test(text);
}

/** Whether the text is a line for /etc/hosts as Docker takes it: `name:address`, where `host-gateway` is the host. */
export function isExtraHost(text: string): boolean {
  const colon = text.indexOf(':');
  if (colon < 0) return false;
  const address = text.slice(colon + 1);
  return isHostName(text.slice(0, colon)) && (address === 'host-gateway' || isAddress(address));
}
