import { describe, expect, it } from 'vitest';

import { parsePod } from './parse-pod.js';

import type { Problem } from './problem.js';
import type { Pod } from './types.js';

type Fields = Readonly<Record<string, unknown>>;

const CONTAINER = { name: 'app', image: 'nginx' };

function podWith(fields: Fields): unknown {
  return { name: 'web', containers: [CONTAINER], ...fields };
}

function containerWith(fields: Fields): unknown {
  return podWith({ containers: [{ ...CONTAINER, ...fields }] });
}

function parsed(input: unknown): Pod {
  const result = parsePod(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.pod;
}

function problemsOf(input: unknown): readonly Problem[] {
  const result = parsePod(input);
  return result.ok ? [] : result.problems;
}

function paths(input: unknown): readonly string[] {
  return problemsOf(input).map(({ path }) => path);
}

describe('a pod that is right', () => {
  it('gets every default', () => {
    expect(parsed(podWith({}))).toEqual({
      name: 'web',
      kind: 'service',
      instances: 1,
      constraints: [],
      affinities: [],
      spread: [],
      placement: 'spread',
      exclusive: true,
      onDisconnect: 'stop',
      restart: {
        attempts: 10,
        intervalMs: 600_000,
        delayMs: 1000,
        backoff: { factor: 2, maxDelayMs: 60_000 },
      },
      stopGracePeriodMs: 10_000,
      volumes: [],
      labels: {},
      containers: [
        {
          name: 'app',
          image: 'nginx:latest',
          role: 'main',
          environment: {},
          files: [],
          ports: [],
          volumes: [],
          resources: {},
          dependsOn: [],
          capAdd: [],
          capDrop: [],
          privileged: false,
          readOnly: false,
          securityOpt: [],
          pull: 'missing',
          ulimits: [],
          init: false,
          extraHosts: [],
          dns: [],
        },
      ],
    });
  });

  it('says its quantities in the units of their names', () => {
    const pod = parsed({
      name: 'web',
      kind: 'periodic',
      schedule: { cron: '0 3 * * *' },
      stopGracePeriod: '1m',
      update: { minHealthyTime: '5s' },
      volumes: [{ name: 'data' }, { name: 'scratch', type: 'tmpfs', size: '1Mi' }],
      containers: [
        {
          ...CONTAINER,
          resources: { cpu: 0.5, memory: '256Mi', shm: 1024, gpus: { count: 1, minVram: '1Gi' } },
          healthCheck: { type: 'http', port: 80, interval: '2s' },
          volumes: [
            { volume: 'data', mountPath: '/data' },
            { type: 'tmpfs', mountPath: '/tmp', size: '2Mi' },
          ],
          files: [{ path: '/f', content: '', mode: '0644', onChange: { signal: 'hup' } }],
          ulimits: [{ name: 'nofile', soft: 1, hard: -1 }],
        },
      ],
    });
    expect(pod).toMatchObject({
      schedule: { cron: '0 3 * * *', timeZone: 'UTC', overlap: 'forbid' },
      stopGracePeriodMs: 60_000,
      update: { strategy: 'stop-first', minHealthyTimeMs: 5000, healthyDeadlineMs: 300_000 },
      volumes: [
        { name: 'data', type: 'named' },
        { name: 'scratch', type: 'tmpfs', sizeBytes: 1_048_576 },
      ],
    });
    expect(pod.containers[0]).toMatchObject({
      resources: {
        cpu: 0.5,
        memoryBytes: 268_435_456,
        shmBytes: 1024,
        gpus: { count: 1, minVramBytes: 2 ** 30 },
      },
      healthCheck: {
        type: 'http',
        port: 80,
        path: '/',
        intervalMs: 2000,
        timeoutMs: 5000,
        threshold: 3,
        startPeriodMs: 0,
      },
      volumes: [
        { type: 'volume', volume: 'data', mountPath: '/data', readOnly: false },
        { type: 'tmpfs', mountPath: '/tmp', sizeBytes: 2_097_152 },
      ],
      files: [{ path: '/f', content: '', mode: 0o644, onChange: { action: 'signal', signal: 'SIGHUP' } }],
    });
  });

  it.each([
    ['the longest names', { name: 'p'.repeat(40), containers: [{ ...CONTAINER, name: 'c'.repeat(40) }] }],
    ['no instances', podWith({ instances: 0 })],
    ['the most instances', podWith({ instances: 1000 })],
    [
      'values from everywhere',
      containerWith({
        environment: {
          A: 'x',
          B: '',
          C: { slot: 'epoch' },
          'd.e': { host: 'labels.a/b-c' },
          F: { vault: { path: 'p', key: 'k' } },
          G: { database: { role: 'r', field: 'password' } },
        },
      }),
    ],
    [
      'the same port for tcp and udp',
      containerWith({ ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'udp' }] }),
    ],
    [
      'a dependency by name',
      podWith({ containers: [CONTAINER, { name: 'b', image: 'b', dependsOn: ['app'] }] }),
    ],
    [
      'a dependency on a health check of the image',
      podWith({
        containers: [
          { ...CONTAINER, healthCheck: { type: 'docker' } },
          { name: 'b', image: 'b', dependsOn: [{ container: 'app', condition: 'healthy' }] },
        ],
      }),
    ],
    [
      'a job that waits for another container to complete',
      podWith({
        kind: 'job',
        containers: [
          CONTAINER,
          { name: 'b', image: 'b', dependsOn: [{ container: 'app', condition: 'completed' }] },
        ],
      }),
    ],
    ['a system pod', podWith({ kind: 'system' })],
    [
      'cron with seconds and a time zone',
      podWith({ kind: 'periodic', schedule: { cron: '*/5 0 3 * * MON', timeZone: 'Europe/Berlin' } }),
    ],
    [
      'addresses of both kinds',
      containerWith({
        dns: ['10.0.0.1', 'fd00::1'],
        extraHosts: ['db:10.0.0.1', 'a.b:fd00::1', 'host:host-gateway'],
      }),
    ],
    [
      'start-first where two copies may live',
      podWith({ exclusive: false, update: { strategy: 'start-first' } }),
    ],
    [
      'sizes in constraints',
      podWith({ constraints: [{ attribute: 'memory.totalBytes', operator: '>=', value: '8Gi' }] }),
    ],
  ])('may have %s', (_what, input) => {
    expect(problemsOf(input)).toEqual([]);
  });
});

describe('a field that is wrong', () => {
  it.each<[string, unknown, string]>([
    ['name', podWith({ name: 'Web' }), 'name'],
    ['name too long', podWith({ name: 'p'.repeat(41) }), 'name'],
    ['name of digits', podWith({ name: '123' }), 'name'],
    ['name with a dash at its end', podWith({ name: 'web-' }), 'name'],
    ['name with a line break', podWith({ name: 'web\n' }), 'name'],
    ['kind', podWith({ kind: 'servce' }), 'kind'],
    ['instances', podWith({ instances: 1001 }), 'instances'],
    ['instances as text', podWith({ instances: '2' }), 'instances'],
    ['half an instance', podWith({ instances: 1.5 }), 'instances'],
    ['duration without unit', podWith({ stopGracePeriod: 30 }), 'stopGracePeriod'],
    ['duration without unit, as text', podWith({ stopGracePeriod: '30' }), 'stopGracePeriod'],
    ['duration too long for a timer', podWith({ restart: { interval: '169h' } }), 'restart.interval'],
    ['label key', podWith({ labels: { 'a b': 'x' } }), 'labels["a b"]'],
    ['label of ours', podWith({ labels: { 'raftainer.pod': 'x' } }), 'labels["raftainer.pod"]'],
    ['label value', podWith({ labels: { a: 1 } }), 'labels.a'],
    ['no containers', podWith({ containers: [] }), 'containers'],
    ['container name', containerWith({ name: 'localhost' }), 'containers[0].name'],
    ['image', containerWith({ image: 'UPPER' }), 'containers[0].image'],
    ['command as text', containerWith({ command: 'sleep 3' }), 'containers[0].command'],
    ['empty command', containerWith({ command: [] }), 'containers[0].command'],
    ['user', containerWith({ user: 1000 }), 'containers[0].user'],
    ['working directory', containerWith({ workingDir: 'srv' }), 'containers[0].workingDir'],
    ['path that climbs', containerWith({ workingDir: '/srv/../etc' }), 'containers[0].workingDir'],
    ['environment name', containerWith({ environment: { '1A': 'x' } }), 'containers[0].environment["1A"]'],
    [
      'environment of ours',
      containerWith({ environment: { RAFTAINER_EPOCH: '1' } }),
      'containers[0].environment.RAFTAINER_EPOCH',
    ],
    ['environment number', containerWith({ environment: { PORT: 1 } }), 'containers[0].environment.PORT'],
    ['environment NUL', containerWith({ environment: { A: 'x\0' } }), 'containers[0].environment.A'],
    [
      'slot fact',
      containerWith({ environment: { A: { slot: 'name' } } }),
      'containers[0].environment.A.slot',
    ],
    [
      'two sources',
      containerWith({ environment: { A: { slot: 'id', host: 'region' } } }),
      'containers[0].environment.A.slot',
    ],
    [
      'file mode',
      containerWith({ files: [{ path: '/x', content: '', mode: 400 }] }),
      'containers[0].files[0].mode',
    ],
    ['port', containerWith({ ports: [{ containerPort: 65_536 }] }), 'containers[0].ports[0].containerPort'],
    ['port zero', containerWith({ ports: [{ containerPort: 0 }] }), 'containers[0].ports[0].containerPort'],
    [
      'port name of digits',
      containerWith({ ports: [{ containerPort: 1, name: '0' }] }),
      'containers[0].ports[0].name',
    ],
    [
      'port name too long',
      containerWith({ ports: [{ containerPort: 1, name: 'p'.repeat(21) }] }),
      'containers[0].ports[0].name',
    ],
    [
      'mount on /',
      containerWith({ volumes: [{ type: 'tmpfs', mountPath: '/' }] }),
      'containers[0].volumes[0].mountPath',
    ],
    [
      'mount type',
      containerWith({ volumes: [{ type: 'hots', mountPath: '/x' }] }),
      'containers[0].volumes[0].type',
    ],
    [
      'mount without type',
      containerWith({ volumes: [{ hostPath: '/x', mountPath: '/x' }] }),
      'containers[0].volumes[0].type',
    ],
    ['cpu', containerWith({ resources: { cpu: 0 } }), 'containers[0].resources.cpu'],
    ['memory', containerWith({ resources: { memory: '12Qi' } }), 'containers[0].resources.memory'],
    [
      'memory below the least',
      containerWith({ resources: { memory: '1Mi' } }),
      'containers[0].resources.memory',
    ],
    [
      'health check type',
      containerWith({ healthCheck: { type: 'htpp', port: 1 } }),
      'containers[0].healthCheck.type',
    ],
    [
      'health check path',
      containerWith({ healthCheck: { type: 'http', port: 1, path: 'x' } }),
      'containers[0].healthCheck.path',
    ],
    ['capability', containerWith({ capAdd: ['NET_ADMN'] }), 'containers[0].capAdd[0]'],
    ['signal', containerWith({ stopSignal: 'SIGTRM' }), 'containers[0].stopSignal'],
    ['security option', containerWith({ securityOpt: ['x'] }), 'containers[0].securityOpt[0]'],
    ['extra host', containerWith({ extraHosts: ['db=10.0.0.1'] }), 'containers[0].extraHosts[0]'],
    ['name server', containerWith({ dns: ['dns.example.com'] }), 'containers[0].dns[0]'],
    [
      'host name',
      containerWith({ ports: [{ name: 'a', containerPort: 1, publish: 'internal', hostname: 'a_b' }] }),
      'containers[0].ports[0].hostname',
    ],
    [
      'ulimit',
      containerWith({ ulimits: [{ name: 'nofiles', soft: 1, hard: 1 }] }),
      'containers[0].ulimits[0].name',
    ],
    [
      'attribute',
      podWith({ constraints: [{ attribute: 'a b', operator: 'exists' }] }),
      'constraints[0].attribute',
    ],
    [
      'operator',
      podWith({ constraints: [{ attribute: 'a', operator: '==', value: 1 }] }),
      'constraints[0].operator',
    ],
    [
      'affinity',
      podWith({ affinities: [{ attribute: 'a', operator: 'exists', weight: 101 }] }),
      'affinities[0].weight',
    ],
  ])('is named: %s', (_what, input, path) => {
    expect(paths(input)).toEqual([path]);
  });

  it.each<[unknown, Partial<Problem>]>([
    [podWith({ replicas: 2 }), { path: 'replicas', suggestion: 'did you mean "instances"?' }],
    [containerWith({ env: {} }), { path: 'containers[0].env', suggestion: 'did you mean "environment"?' }],
    [
      containerWith({ ports: [{ containerPort: 1, prot: 'x' }] }),
      { path: 'containers[0].ports[0].prot', suggestion: 'did you mean "protocol"?' },
    ],
    [
      podWith({ kind: 'servce' }),
      {
        suggestion: 'did you mean "service"?',
        message: 'expected one of service, job, periodic, system, found "servce"',
      },
    ],
    [containerWith({ stopSignal: 'SIGTRM' }), { suggestion: 'did you mean "SIGTERM"?' }],
    [containerWith({ capAdd: ['CAP_NET_ADMN'] }), { suggestion: 'did you mean "NET_ADMIN"?' }],
    [containerWith({ environment: { PORT: 8080 } }), { suggestion: 'write it in quotes: "8080"' }],
    [containerWith({ command: 'sleep 3' }), { suggestion: 'write a list: ["sleep", "3"]' }],
    [podWith({ stopGracePeriod: 30 }), { suggestion: 'say the unit: "30s" or "30ms"' }],
    [podWith({ instances: '2' }), { message: 'expected a whole number from 0 to 1000, found "2"' }],
    [containerWith({ healthCheck: { type: 'htpp', port: 1 } }), { suggestion: 'did you mean "http"?' }],
    [
      containerWith({ volumes: [{ volume: 'dta', mountPath: '/x' }] }),
      { path: 'containers[0].volumes[0].volume' },
    ],
  ])('comes with what to write instead', (input, expected) => {
    expect(problemsOf(input)).toEqual([expect.objectContaining(expected)]);
  });
});

describe('rules between fields', () => {
  const startup = { name: 'init', image: 'init', role: 'startup' };
  const two = (first: Fields, second: Fields): unknown =>
    podWith({
      containers: [
        { ...CONTAINER, ...first },
        { name: 'b', image: 'b', ...second },
      ],
    });

  it.each<[string, unknown, readonly string[]]>([
    ['container names', podWith({ containers: [CONTAINER, CONTAINER] }), ['containers[1].name']],
    [
      'volume names',
      podWith({ volumes: [{ name: 'a' }, { name: 'a', type: 'tmpfs' }] }),
      ['volumes[1].name'],
    ],
    [
      'port names across containers',
      two({ ports: [{ name: 'x', containerPort: 1 }] }, { ports: [{ name: 'x', containerPort: 1 }] }),
      ['containers[1].ports[0].name'],
    ],
    [
      'container ports',
      containerWith({ ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'tcp' }] }),
      ['containers[0].ports[1].containerPort'],
    ],
    [
      'host ports across containers, however published',
      two(
        { ports: [{ containerPort: 1, publish: 'internal', hostPort: 80 }] },
        { ports: [{ containerPort: 1, publish: 'external', hostPort: 80 }] },
      ),
      ['containers[1].ports[0].hostPort'],
    ],
    [
      'host port that is not published',
      containerWith({ ports: [{ containerPort: 1, hostPort: 80 }] }),
      ['containers[0].ports[0].hostPort'],
    ],
    [
      'host name without a port to reach',
      containerWith({ ports: [{ name: 'a', containerPort: 1, hostname: 'a.b' }] }),
      ['containers[0].ports[0].hostname'],
    ],
    [
      'host name without a name',
      containerWith({ ports: [{ containerPort: 1, publish: 'internal', hostname: 'a.b' }] }),
      ['containers[0].ports[0].hostname'],
    ],
    [
      'host name over udp',
      containerWith({
        ports: [{ name: 'a', containerPort: 1, protocol: 'udp', publish: 'internal', hostname: 'a.b' }],
      }),
      ['containers[0].ports[0].hostname'],
    ],
    [
      'volume that is not declared',
      containerWith({ volumes: [{ volume: 'data', mountPath: '/x' }] }),
      ['containers[0].volumes[0].volume'],
    ],
    [
      'two mounts on one path',
      containerWith({
        volumes: [
          { type: 'tmpfs', mountPath: '/x' },
          { type: 'tmpfs', mountPath: '/x/' },
        ],
      }),
      ['containers[0].volumes[1].mountPath'],
    ],
    [
      'a file on a mount',
      containerWith({ volumes: [{ type: 'tmpfs', mountPath: '/x' }], files: [{ path: '/x', content: '' }] }),
      ['containers[0].files[0].path'],
    ],
    ['dependency on nobody', containerWith({ dependsOn: ['db'] }), ['containers[0].dependsOn[0]']],
    ['dependency on itself', containerWith({ dependsOn: ['app'] }), ['containers[0].dependsOn']],
    [
      'dependencies in a circle',
      two({ dependsOn: ['b'] }, { dependsOn: ['app'] }),
      ['containers[0].dependsOn'],
    ],
    [
      'a dependency twice',
      two({}, { dependsOn: ['app', { container: 'app' }] }),
      ['containers[1].dependsOn[1]'],
    ],
    [
      'healthy without a health check',
      two({}, { dependsOn: [{ container: 'app', condition: 'healthy' }] }),
      ['containers[1].dependsOn[0]'],
    ],
    [
      'completion of what never ends',
      two({}, { dependsOn: [{ container: 'app', condition: 'completed' }] }),
      ['containers[1].dependsOn[0]'],
    ],
    [
      'startup that waits for main',
      podWith({ containers: [{ ...startup, dependsOn: ['app'] }, CONTAINER] }),
      ['containers[0].dependsOn[0]'],
    ],
    [
      'startup that waits for a later one',
      podWith({ containers: [{ ...startup, dependsOn: ['late'] }, { ...startup, name: 'late' }, CONTAINER] }),
      ['containers[0].dependsOn[0]'],
    ],
    [
      'health of a startup container',
      podWith({
        containers: [startup, { ...CONTAINER, dependsOn: [{ container: 'init', condition: 'healthy' }] }],
      }),
      ['containers[1].dependsOn[0]'],
    ],
    [
      'startup with a port',
      podWith({ containers: [{ ...startup, ports: [{ containerPort: 1 }] }, CONTAINER] }),
      ['containers[0].ports'],
    ],
    [
      'startup with a health check',
      podWith({ containers: [{ ...startup, healthCheck: { type: 'docker' } }, CONTAINER] }),
      ['containers[0].healthCheck'],
    ],
    ['nothing but startup', podWith({ containers: [startup] }), ['containers']],
    ['periodic without schedule', podWith({ kind: 'periodic' }), ['schedule']],
    ['schedule without periodic', podWith({ schedule: { cron: '0 3 * * *' } }), ['schedule']],
    ['cron', podWith({ kind: 'periodic', schedule: { cron: '61 * * * *' } }), ['schedule.cron']],
    ['cron of four fields', podWith({ kind: 'periodic', schedule: { cron: '* * * *' } }), ['schedule.cron']],
    [
      'time zone',
      podWith({ kind: 'periodic', schedule: { cron: '* * * * *', timeZone: 'Mars/Base' } }),
      ['schedule.timeZone'],
    ],
    ['instances of a system pod', podWith({ kind: 'system', instances: 2 }), ['instances']],
    [
      'exists with a value',
      podWith({ constraints: [{ attribute: 'a', operator: 'exists', value: 1 }] }),
      ['constraints[0].value'],
    ],
    [
      '= without a value',
      podWith({ constraints: [{ attribute: 'a', operator: '=' }] }),
      ['constraints[0].value'],
    ],
    [
      'in with one value',
      podWith({ affinities: [{ attribute: 'a', operator: 'in', value: 'x' }] }),
      ['affinities[0].value'],
    ],
    [
      '= with a list',
      podWith({ constraints: [{ attribute: 'a', operator: '=', value: ['x'] }] }),
      ['constraints[0].value'],
    ],
    [
      'a pattern',
      podWith({ constraints: [{ attribute: 'a', operator: 'regexp', value: '(' }] }),
      ['constraints[0].value'],
    ],
    [
      'a version as a number',
      podWith({ constraints: [{ attribute: 'a', operator: 'semver', value: 5 }] }),
      ['constraints[0].value'],
    ],
    ['delays', podWith({ restart: { delay: '2m' } }), ['restart.backoff.maxDelay']],
    [
      'start-first of an exclusive pod',
      podWith({ update: { strategy: 'start-first' } }),
      ['update.strategy'],
    ],
    ['deadlines', podWith({ update: { minHealthyTime: '6m' } }), ['update.healthyDeadline']],
    ['canaries', podWith({ update: { canary: 2 } }), ['update.canary']],
    [
      'ulimits',
      containerWith({ ulimits: [{ name: 'core', soft: -1, hard: 5 }] }),
      ['containers[0].ulimits[0].soft'],
    ],
    [
      'a limit twice',
      containerWith({
        ulimits: [
          { name: 'core', soft: 1, hard: 5 },
          { name: 'core', soft: 1, hard: 5 },
        ],
      }),
      ['containers[0].ulimits[1].name'],
    ],
  ])('hold: %s', (_what, input, expected) => {
    expect(paths(input)).toEqual(expected);
  });

  it('name the whole circle', () => {
    const containers = ['a', 'b', 'c'].map((name, index, all) => ({
      name,
      image: 'x',
      dependsOn: [all[(index + 1) % 3]],
    }));
    expect(problemsOf(podWith({ containers }))[0]?.message).toBe('waits for itself: a → b → c → a');
  });
});

describe('all problems at once', () => {
  it('from the schema and from the rules between fields', () => {
    const found = paths({
      name: 'Web',
      kind: 'periodic',
      replicas: 3,
      containers: [
        {
          name: 'app',
          imag: 'nginx',
          ports: [{ containerPort: 0 }],
          volumes: [{ volume: 'dta', mountPath: 'x' }],
        },
        { name: 'app', image: 'nginx', dependsOn: ['db'] },
      ],
    });
    expect([...found].sort()).toEqual([
      'containers[0].imag',
      'containers[0].image',
      'containers[0].ports[0].containerPort',
      'containers[0].volumes[0].mountPath',
      'containers[0].volumes[0].volume',
      'containers[1].dependsOn[0]',
      'containers[1].name',
      'name',
      'replicas',
      'schedule',
    ]);
  });

  it('says once what could not even be read', () => {
    expect(paths(podWith({ name: () => 'web' }))).toEqual(['name']);
  });

  it('stops at a hundred, and says how many more there are', () => {
    const problems = problemsOf(
      podWith({ labels: Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`a ${index}`, ''])) }),
    );
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toEqual({ path: '', message: 'has 50 more problems' });
  });

  it.each([[undefined], [null], [3], ['text'], [[]], [true]])('refuses %j as a whole', (input) => {
    expect(paths(input)).toEqual(['']);
  });

  it('never prints long values', () => {
    const problems = problemsOf(podWith({ name: 'X'.repeat(10_000), ['y'.repeat(10_000)]: 1 }));
    for (const { message } of problems) expect(message.length).toBeLessThan(300);
  });
});

describe('secrets', () => {
  const app = (fields: object): object => ({
    name: 'web',
    containers: [{ name: 'app', image: 'web:1', ...fields }],
  });
  const problemsOf = (input: object): readonly string[] => {
    const result = parsePod(input);
    return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
  };
  const variable = (value: object): object => app({ environment: { A: value } });
  const file = (fields: object): object =>
    app({ files: [{ content: { vault: { path: 'kv/web', key: 'k' } }, onChange: 'none', ...fields }] });

  it.each(['/kv/web', 'kv/web/', 'kv//web', 'kv/../sys', '..', 'kv/.', ''])('refuses the path %j', (path) => {
    expect(problemsOf(variable({ vault: { path, key: 'k' } }))).toEqual([
      expect.stringMatching(/^containers\[0\]\.environment\.A\.vault\.path: expected the path of a secret/),
    ]);
  });

  it.each([
    [{ role: 'web' }, 'database: expected either field or template, found neither'],
    [
      { role: 'web', field: 'username', template: '{{username}}' },
      'database: expected either field or template, found both',
    ],
    [{ role: 'web', template: 'postgres://db' }, 'database.template: has no placeholder'],
    [{ role: 'web', template: '{{user}}' }, 'database.template: {{user}} is not a known placeholder'],
  ])('refuses the database value %j', (database, problem) => {
    expect(problemsOf(variable({ database }))).toEqual([`containers[0].environment.A.${problem}`]);
  });

  it('takes a template, a certificate and a role for the pod', () => {
    const parsed = parsePod({
      ...variable({
        database: { role: 'web', template: 'postgres://{{username:url}}:{{password:url}}@db/app' },
      }),
      vault: { role: 'web' },
    });
    expect(parsed).toMatchObject({ ok: true, pod: { vault: { role: 'web' } } });
    const pki = { role: 'web', commonName: 'web.example.com', ttl: '24h', field: 'bundle' };
    expect(parsePod(variable({ pki }))).toMatchObject({
      ok: true,
      pod: { containers: [{ environment: { A: { pki: { ttlMs: 86_400_000, field: 'bundle' } } } }] },
    });
  });

  it.each(['/etc/key', '/key', '/usr/lib/key', '/run//key'])(
    'refuses a file that would take the directory of %s with it',
    (path) => {
      expect(problemsOf(file({ path }))).toEqual([
        expect.stringMatching(/files\[0\]\.path: .*cannot be taken/),
      ]);
      expect(problemsOf(file({ path, onChange: 'restart' }))).toEqual([]);
    },
  );

  it('refuses a volume in a directory that a file takes', () => {
    const volumes = [{ type: 'tmpfs', mountPath: '/keys/scratch' }];
    const files = [{ path: '/keys/a', content: { vault: { path: 'kv/web', key: 'k' } }, onChange: 'none' }];
    expect(problemsOf(app({ files, volumes }))).toEqual([
      expect.stringMatching(/^containers\[0\]\.volumes\[0\]\.mountPath: is in \/keys/),
    ]);
  });
});
