import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = join(fileURLToPath(new URL('.', import.meta.url)), '..')

/** Runs one of the tools in node_modules/.bin, a tool at a path, or a .ts file on this Node, in the repository's root; gives its exit code. */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const isScript = command.endsWith('.ts')
  const tool = command.includes('/') ? join(ROOT, command) : join(ROOT, 'node_modules', '.bin', command)
  const file = isScript ? process.execPath : tool
  return new Promise((resolve, reject) => {
    const child = spawn(file, isScript ? [command, ...args] : args, {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
