import { formatPath } from '../problem.js';
import { asFields, textOf } from './outline.js';

import type { ContainerOutline, Fields, Located, Outline } from './outline.js';
import type { Json } from '../plain-data.js';
import type { Problem } from '../problem.js';

/** Sources of secrets that say too little or too much, and files that cannot be put where they are to go. */
export function checkSecrets({ containers }: Outline): readonly Problem[] {
  return containers.flatMap((container) => [
    ...sourcesOf(container).flatMap(({ path, fields }) => databaseProblems(path, fields)),
    ...container.files.flatMap((file) => folderProblems(file, container)),
  ]);
}

function sourcesOf({ path, fields, files }: ContainerOutline): readonly Located[] {
  const variables = Object.entries(asFields(fields.environment) ?? {}).map(
    ([name, value]) => [`${path}.${formatPath(['environment', name])}`, value] as const,
  );
  const contents = files.map((file) => [`${file.path}.content`, file.fields.content] as const);
  return [...variables, ...contents].flatMap(([at, value]) => located(at, value));
}

function located(path: string, value: Json | undefined): readonly Located[] {
  const fields = asFields(value);
  return fields === undefined ? [] : [{ path, fields }];
}

function databaseProblems(path: string, source: Fields): readonly Problem[] {
  const database = asFields(source.database);
  if (database === undefined) return [];
  const { field, template } = database;
  if ((field === undefined) === (template === undefined)) {
    const found = field === undefined ? 'found neither' : 'found both';
    return [
      {
        path: `${path}.database`,
        message: `expected either field or template, ${found}`,
        suggestion: 'such as field: password, or template: "{{username}}:{{password}}"',
      },
    ];
  }
  return templateProblems(`${path}.database.template`, textOf(template) ?? '{{password}}');
}

const PLACEHOLDER = /\{\{(.*?)\}\}/g;
const KNOWN_PLACEHOLDER = /^(?:username|password)(?::url)?$/;

function templateProblems(path: string, template: string): readonly Problem[] {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  const suggestion = 'use {{username}}, {{password}}, {{username:url}} or {{password:url}}';
  if (names.length === 0) return [{ path, message: 'has no placeholder', suggestion }];
  return names
    .filter((name) => !KNOWN_PLACEHOLDER.test(name))
    .map((name) => ({ path, message: `{{${name}}} is not a known placeholder`, suggestion }));
}

/** Directories that images need as they are, or that much else lives in. */
const SYSTEM_FOLDERS: ReadonlySet<string> = new Set(
  '/ /bin /boot /dev /etc /home /lib /lib64 /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /var /var/run'.split(
    ' ',
  ),
);

/**
 * A file that changes while its container runs is seen only when its directory is mounted as a whole: a file that is
 * mounted alone stays the one that it was at the start. Nothing else of the image is seen in that directory then.
 */
function folderProblems({ path, fields }: Located, container: ContainerOutline): readonly Problem[] {
  const file = textOf(fields.path);
  if (file === undefined || !changesInPlace(fields)) return [];
  const folder = file.replaceAll(/\/{2,}/g, '/').replace(/\/[^/]*$/, '') || '/';
  if (SYSTEM_FOLDERS.has(folder)) {
    return [
      {
        path: `${path}.path`,
        message: `a file that is replaced while its container runs takes its whole directory, and ${folder} cannot be taken`,
        suggestion: 'put it in a directory of its own, such as /run/secrets/token',
      },
    ];
  }
  return container.mounts
    .filter(({ fields: mount }) => isWithin(textOf(mount.mountPath), folder))
    .map((mount) => ({
      path: `${mount.path}.mountPath`,
      message: `is in ${folder}, which ${path} takes as a whole, since its content can change while the container runs`,
      suggestion: 'keep the two apart',
    }));
}

function changesInPlace({ onChange, content }: Fields): boolean {
  return typeof content !== 'string' && onChange !== undefined && onChange !== 'restart';
}

function isWithin(path: string | undefined, folder: string): boolean {
  return path !== undefined && (path === folder || path.startsWith(`${folder}/`));
}
