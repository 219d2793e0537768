import { constants } from 'node:fs';
import { access, lstat, mkdir, statfs } from 'node:fs/promises';

/** `f_type` of statfs(2) for file systems that live in memory. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x0102_1994 /* tmpfs */, 0x8584_58f6 /* ramfs */]);

/**
 * Makes a folder `root` in `directory` where they are missing. Both have to be this user's alone, in memory, and writable.
 *
 * @throws Error that says which of it does not hold.
 */
export async function openPrivateMemory(directory: string, root: string): Promise<void> {
  for (const folder of [directory, root]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await checkOwner(folder);
  }
  if (!IN_MEMORY.has((await statfs(root)).type)) throw new Error('it is not in memory (tmpfs)');
  await access(root, constants.W_OK | constants.X_OK);
}

/**
 * Others could have laid a folder of theirs in a place where everybody may write. One that is open to others is not closed
 * here: it may be `/dev/shm` itself, which others need.
 */
async function checkOwner(folder: string): Promise<void> {
  const found = await lstat(folder);
  const self = process.getuid?.() ?? found.uid;
  if (!found.isDirectory()) throw new Error(`${folder} is no directory`);
  if (found.uid !== self) throw new Error(`${folder} belongs to another user`);
  if ((found.mode & 0o077) === 0) return;
  const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
  throw new Error(`${folder} is open to other users (its mode is ${mode})`);
}
