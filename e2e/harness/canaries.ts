import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { promisify } from 'node:util'

export function withCanary(text: string, canaries: readonly string[]): readonly string[] {
  return canaries.filter((canary) => text.includes(canary))
}

export async function filesWith(folder: string, canaries: readonly string[]): Promise<readonly string[]> {
  if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`)
  const patterns = canaries.flatMap((canary) => ['-e', canary])
  const grep = promisify(execFile)('grep', ['-rlaF', '--devices=skip', ...patterns, folder], { maxBuffer: 2 ** 24 })
  const { stdout } = await grep.catch((error: { code?: number; stdout?: string }) => {
    // 1: nothing found. 2 with output: files that vanished while it read.
    if (error.code === 1 || error.code === 2) return { stdout: error.stdout ?? '' }
    throw error
  })
  return stdout.split('\n').filter((line) => line !== '')
}

/** Environments and command lines of every process but this one, which made the canaries up. */
export async function processesWith(canaries: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    for (const part of ['environ', 'cmdline']) {
      const text = await readFile(`/proc/${pid}/${part}`, 'latin1').catch(() => '')
      if (withCanary(text, canaries).length > 0) found.push(`${pid} ${part}`)
    }
  }
  return found
}
