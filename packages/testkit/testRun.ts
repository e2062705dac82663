import { readdirSync, readlinkSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'errand-test-'

/**
 * One folder for everything a test run writes, named after its process. When that process ends, however it ends except
 * by kill -9, the folder goes and with it every process that works in it: tests start programs that outlive them on
 * purpose. What a killed run left is cleared by the next one.
 */
export async function openTestRun(): Promise<string> {
  const parent = await realpath(tmpdir())
  for (const name of await readdir(parent)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (owner !== undefined && !isThere(Number(owner))) clear(join(parent, name))
  }
  const folder = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`))
  process.once('exit', () => clear(folder))
  // Without a listener these end a process before it can clean up.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
  process.env['ERRAND_TEST_FOLDER'] = folder
  return folder
}

/** An empty folder for one test file. It goes with the test run, together with whatever still runs in it. */
export async function testFolder(name = 'folder'): Promise<string> {
  return mkdtemp(join(process.env['ERRAND_TEST_FOLDER'] ?? (await realpath(tmpdir())), `${name}-`))
}

/** Synchronous: it runs in the last moment of a process. */
function clear(folder: string): void {
  for (let pids = processesBelow(folder); pids.length > 0; pids = processesBelow(folder)) {
    for (const pid of pids) kill(pid)
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

function processesBelow(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && workingDirectory(pid)?.startsWith(`${folder}/`))
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    // It has ended, or it is a zombie or somebody else's: none of which works in our folder.
    return undefined
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
