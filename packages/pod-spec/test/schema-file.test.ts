import { readFileSync } from 'node:fs';

import { parsePod, podJsonSchema } from '@raftainer/pod-spec';
import { describe, expect, it } from 'vitest';

interface Field {
  readonly description?: string;
}

interface Definition {
  readonly properties: Readonly<Record<string, Field>>;
  readonly description?: string;
  readonly examples?: readonly [unknown];
  readonly additionalProperties?: boolean;
}

interface Schema {
  readonly $schema: string;
  readonly definitions: Readonly<Record<string, Definition>>;
}

const written = JSON.parse(
  readFileSync(new URL('../schema/pod.schema.json', import.meta.url), 'utf8'),
) as Schema;

const container = (fields: object): object => ({ name: 'app', image: 'nginx', ...fields });
const pod = (fields: object): object => ({ name: 'web', containers: [container({})], ...fields });
const inContainer = (fields: object): object => pod({ containers: [container(fields)] });
const declared = [{ name: 'data' }];

/** Where the example of each object of the schema goes in a pod. */
const EMBED: Readonly<Record<string, (example: unknown) => unknown>> = {
  Pod: (example) => example,
  Container: (example) => pod({ containers: [example] }),
  Port: (example) => inContainer({ ports: [example] }),
  NamedVolume: (example) => pod({ volumes: [example] }),
  HostVolume: (example) => pod({ volumes: [example] }),
  TmpfsVolume: (example) => pod({ volumes: [example] }),
  VolumeMount: (example) => pod({ volumes: declared, containers: [container({ volumes: [example] })] }),
  HostMount: (example) => inContainer({ volumes: [example] }),
  TmpfsMount: (example) => inContainer({ volumes: [example] }),
  VaultValue: (example) => inContainer({ environment: { A: example } }),
  DatabaseValue: (example) => inContainer({ environment: { A: example } }),
  PkiValue: (example) => inContainer({ environment: { A: example } }),
  PodVault: (example) => pod({ vault: example }),
  HostValue: (example) => inContainer({ environment: { A: example } }),
  SlotValue: (example) => inContainer({ environment: { A: example } }),
  File: (example) => inContainer({ files: [example] }),
  Resources: (example) => inContainer({ resources: example }),
  Gpus: (example) => inContainer({ resources: { gpus: example } }),
  HttpHealthCheck: (example) => inContainer({ healthCheck: example }),
  TcpHealthCheck: (example) => inContainer({ healthCheck: example }),
  ExecHealthCheck: (example) => inContainer({ healthCheck: example }),
  DockerHealthCheck: (example) => inContainer({ healthCheck: example }),
  Dependency: (example) =>
    pod({
      containers: [
        container({ name: 'db', healthCheck: { type: 'docker' } }),
        container({ dependsOn: [example] }),
      ],
    }),
  Registry: (example) => inContainer({ registry: example }),
  Logging: (example) => inContainer({ logging: example }),
  Ulimit: (example) => inContainer({ ulimits: [example] }),
  Constraint: (example) => pod({ constraints: [example] }),
  Affinity: (example) => pod({ affinities: [example] }),
  Spread: (example) => pod({ spread: [example] }),
  Schedule: (example) => pod({ kind: 'periodic', schedule: example }),
  Restart: (example) => pod({ restart: example }),
  Backoff: (example) => pod({ restart: { backoff: example } }),
  Update: (example) => pod({ instances: 3, update: example }),
};

describe('schema/pod.schema.json', () => {
  it('is what the schemas say (else run scripts/pod-reference.mjs)', () => {
    expect(written).toEqual(JSON.parse(JSON.stringify(podJsonSchema())));
  });

  it('is of draft 7, which editors know', () => {
    expect(written.$schema).toBe('http://json-schema.org/draft-07/schema#');
  });

  it('has a place for the example of each of its objects', () => {
    expect(Object.keys(EMBED).sort()).toEqual(Object.keys(written.definitions).sort());
  });

  it.each(Object.entries(written.definitions))(
    '%s is closed, described, and its example is right',
    (name, definition) => {
      expect(definition.additionalProperties).toBe(false);
      expect(definition.description).toBeTruthy();
      for (const [field, { description }] of Object.entries(definition.properties)) {
        expect(description, `${name}.${field}`).toBeTruthy();
      }
      expect(definition.examples).toHaveLength(1);
      expect(parsePod(EMBED[name]?.(definition.examples?.[0]))).toMatchObject({ ok: true });
    },
  );
});
