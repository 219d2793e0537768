import { describe, expect, it } from 'vitest';
import { classifyAnswer, classifyPull } from './classify.js';

describe('classifyAnswer', () => {
  it.each([
    [
      500,
      'driver failed programming external connectivity on endpoint a (b): Bind for 0.0.0.0:80 failed: port is already allocated',
      'DOCKER_PORT_IN_USE',
    ],
    [
      500,
      'Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use',
      'DOCKER_PORT_IN_USE',
    ],
    [
      500,
      'failed to bind host port for 127.0.0.1:80:172.17.0.2:80/tcp: address already in use',
      'DOCKER_PORT_IN_USE',
    ],
    [403, 'Pool overlaps with other one on this address space', 'DOCKER_SUBNET_OVERLAP'],
    [
      404,
      'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
      'DOCKER_SUBNET_OVERLAP',
    ],
    [500, 'all predefined address pools have been fully subnetted', 'DOCKER_SUBNET_OVERLAP'],
    [500, 'write /var/lib/docker/tmp/x: no space left on device', 'DOCKER_NO_SPACE'],
    [404, 'No such image: web:1', 'DOCKER_IMAGE_NOT_FOUND'],
    [404, 'No such container: web', 'DOCKER_NOT_FOUND'],
    [404, 'network web not found', 'DOCKER_NOT_FOUND'],
    [409, 'Conflict. The container name "/web" is already in use by container "abc".', 'DOCKER_CONFLICT'],
    [403, 'error while removing network: network web id abc has active endpoints', 'DOCKER_CONFLICT'],
    [400, 'invalid mount config for type "bind": bind source path does not exist: /x', 'DOCKER_BAD_REQUEST'],
    [502, 'Bad Gateway', 'DOCKER_UNAVAILABLE'],
    [500, 'something else', 'DOCKER_SERVER_ERROR'],
  ])('%i %s', (status, text, code) => {
    expect(classifyAnswer(status, text)).toBe(code);
  });
});

describe('classifyPull', () => {
  it.each([
    [
      404,
      'manifest for library/web:9 not found: manifest unknown: manifest unknown',
      'DOCKER_IMAGE_NOT_FOUND',
    ],
    [
      404,
      "pull access denied for web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      'DOCKER_IMAGE_NOT_FOUND',
    ],
    [
      undefined,
      'no matching manifest for linux/arm64/v8 in the manifest list entries',
      'DOCKER_IMAGE_NOT_FOUND',
    ],
    [404, 'anything', 'DOCKER_IMAGE_NOT_FOUND'],
    [500, 'Get "https://r.example/v2/": unauthorized: authentication required', 'DOCKER_REGISTRY_AUTH'],
    [500, 'Get "http://r/v2/": no basic auth credentials', 'DOCKER_REGISTRY_AUTH'],
    [500, 'toomanyrequests: You have reached your pull rate limit.', 'DOCKER_REGISTRY_RATE_LIMITED'],
    [
      500,
      'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'DOCKER_REGISTRY_UNREACHABLE',
    ],
    [
      500,
      'Get "https://r/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      'DOCKER_REGISTRY_UNREACHABLE',
    ],
    [
      500,
      'Get "https://r/v2/": x509: certificate signed by unknown authority',
      'DOCKER_REGISTRY_UNREACHABLE',
    ],
    [undefined, 'unexpected EOF', 'DOCKER_REGISTRY_UNREACHABLE'],
    [undefined, 'write /var/lib/docker/x: no space left on device', 'DOCKER_NO_SPACE'],
    [400, 'invalid reference format', 'DOCKER_BAD_REQUEST'],
    [undefined, 'failed to register layer: exit status 1', 'DOCKER_PULL_FAILED'],
  ])('%s %s', (status, text, code) => {
    expect(classifyPull(status, text)).toBe(code);
  });
});
