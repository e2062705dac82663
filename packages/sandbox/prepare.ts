import {
  chmod,
  chown,
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { join, parse } from 'node:path'
import type { SandboxConfig } from './config.ts'
import { hasCode } from './files.ts'
import { AGENT_ID, INSIDE, type SandboxFiles, sandboxFiles, UNFINISHED } from './layout.ts'
import { type SandboxRecord, writeRecord } from './record.ts'
import { FOR_ANOTHER_ROOT, seccompFilter } from './seccomp/filter.ts'

/** Made once per executor, shared by all its sandboxes, written by none of them. */
export interface Shared {
  readonly etc: string
  readonly node: string
  readonly claude: string
  readonly runnerNode: string
  /** The compiled filter; null on an architecture without one. */
  readonly seccomp: string | null
  readonly seccompForImages: string | null
}

/** Throws when the binaries are not there. */
async function prepareShared(root: string, binaries: { nodePath: string; claudePath: string }): Promise<Shared> {
  await prepareRoot(root)
  const node = await readableByAll(root, binaries.nodePath)
  const claude = await readableByAll(root, binaries.claudePath)
  return {
    etc: await writeEtc(root),
    node,
    claude,
    runnerNode: await unreadableNode(root, node),
    seccomp: await writeSeccomp(root, '.seccomp', seccompFilter(process.arch)),
    seccompForImages: await writeSeccomp(root, '.seccomp-image', seccompFilter(process.arch, FOR_ANOTHER_ROOT)),
  }
}

/** Prepares at the first call, for all. A failure is tried again by the next: a binary may have been installed meanwhile. */
export function sharedOnce(config: SandboxConfig<'run' | 'instance'>): () => Promise<Shared> {
  let shared: Promise<Shared> | undefined
  return () => {
    shared ??= prepareShared(config.folder, config).catch((error: unknown) => {
      shared = undefined
      throw error
    })
    return shared
  }
}

export async function prepareRoot(root: string): Promise<void> {
  await mkdir(root, { recursive: true })
  await chmod(root, 0o711)
}

/** The file itself, or a copy where a strict umask hides it from the sandboxes' uids. */
export async function readableByAll(root: string, path: string): Promise<string> {
  const file = await realpath(path)
  const { mode } = await stat(file)
  const needed = (mode & 0o100) === 0 ? 0o004 : 0o005
  return (mode & needed) === needed ? file : copyOf(root, file, 0o644 | (mode & 0o111))
}

/**
 * A copy of Node that may be executed and not read. The kernel makes a process of such a file non-dumpable: its memory,
 * environment and descriptors are closed to the agent's processes although they have the same uid, and with them the
 * run token. The agent's own Node is the readable one.
 */
function unreadableNode(root: string, node: string): Promise<string> {
  return copyOf(root, node, 0o111)
}

/** Named after what it is a copy of, so another version is another file. */
async function copyOf(root: string, file: string, mode: number): Promise<string> {
  const { size, mtimeMs } = await stat(file)
  const { name, ext } = parse(file)
  const copy = join(root, `.${name}-${size}-${Math.trunc(mtimeMs)}-${mode.toString(8)}${ext}`)
  if (await isThere(copy)) return copy
  const fresh = await mkdtemp(join(root, UNFINISHED))
  await copyFile(file, join(fresh, 'copy'), constants.COPYFILE_FICLONE)
  await chmod(join(fresh, 'copy'), mode)
  await rename(join(fresh, 'copy'), copy)
  await rm(fresh, { recursive: true })
  await removeOlder(root, copy)
  return copy
}

/** Copies of earlier versions. A sandbox that still runs one has it mounted, and keeps it so without its name. */
async function removeOlder(root: string, copy: string): Promise<void> {
  const { base } = parse(copy)
  const [before = '', after = ''] = base.split(/-\d+-\d+-/)
  const isAlike = (name: string) =>
    name !== base && /-\d+-\d+-/.test(name) && name.startsWith(`${before}-`) && name.endsWith(`-${after}`)
  for (const name of await readdir(root)) if (isAlike(name)) await rm(join(root, name), { force: true })
}

async function writeSeccomp(root: string, name: string, filter: Buffer | null): Promise<string | null> {
  if (filter === null) return null
  const file = join(root, name)
  await writeFile(`${file}.new`, filter)
  await rename(`${file}.new`, file)
  return file
}

/** A user to be, because git and ssh want one; no host of this machine, no name service. */
async function writeEtc(root: string): Promise<string> {
  const folder = join(root, '.etc')
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755)
  const texts = {
    passwd: `agent:x:${AGENT_ID}:${AGENT_ID}:agent:${INSIDE.home}:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
    group: `agent:x:${AGENT_ID}:\nnogroup:x:65534:\n`,
    hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  }
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(join(folder, `.${name}`), text)
    await chmod(join(folder, `.${name}`), 0o644)
    await rename(join(folder, `.${name}`), join(folder, name))
  }
  return folder
}

/** A new sandbox's folder under a name at which nobody looks; `rename` then makes it the sandbox. */
export async function newFolder(root: string, record: SandboxRecord): Promise<SandboxFiles> {
  const files = sandboxFiles(await mkdtemp(join(root, UNFINISHED)))
  await writeFile(files.record, writeRecord(record))
  for (const folder of [files.workspace, files.home, files.tmp]) {
    await mkdir(folder)
    await chmod(folder, 0o700)
    if (record.uid !== null) await chown(folder, record.uid, record.uid)
  }
  await chmod(files.folder, 0o711)
  return files
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}
