import { dockerRequest } from './docker-api.mjs';

/**
 * What carries a label, as the engine's API lists it.
 *
 * @param {string} host of the engine
 * @param {'containers' | 'networks' | 'volumes'} kind
 * @param {string} label as `name` or `name=value`
 * @returns {Promise<any[]>}
 */
export async function labelled(host, kind, label) {
  const filters = `filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`;
  const path = { containers: '/containers/json?all=1&', networks: '/networks?', volumes: '/volumes?' }[kind];
  const { status, text } = await dockerRequest(host, `${path}${filters}`);
  if (status !== 200) throw new Error(`Listing ${kind} failed with ${status}: ${text}`);
  const list = JSON.parse(text);
  return kind === 'volumes' ? (list.Volumes ?? []) : list;
}

/**
 * Removes what carries a label: containers (forcibly), then networks and volumes. The net under an agent that could
 * not do it itself, and the end of volumes, which outlive their pods.
 *
 * @param {string} host of the engine
 * @param {string} label as `name=value`
 * @returns {Promise<string[]>} names of what was there
 */
export async function sweep(host, label) {
  const removed = [];
  const remove = async (path, name) => {
    const { status, text } = await dockerRequest(host, path, { method: 'DELETE', timeoutMs: 60_000 });
    if (status >= 300 && status !== 404) throw new Error(`Removing ${name} failed with ${status}: ${text}`);
    removed.push(name);
  };
  for (const { Id: id, Names: names } of await labelled(host, 'containers', label)) {
    await remove(`/containers/${id}?force=1&v=1`, names[0]?.slice(1) ?? id);
  }
  for (const { Id: id, Name: name } of await labelled(host, 'networks', label))
    await remove(`/networks/${id}`, name);
  for (const { Name: name } of await labelled(host, 'volumes', label)) {
    await remove(`/volumes/${encodeURIComponent(name)}`, name);
  }
  return removed;
}
