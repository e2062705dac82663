import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '../message/spans.ts'
import type { Installer } from './install.ts'

const QUIET = [
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=warn',
  '--cache=/tmp/npm',
  '--fetch-retry-mintimeout=1000',
]

/** npm does the work. No script of any package is run, then or later. */
export const installNpm: Installer = {
  async download({ package: wanted, run, folder }) {
    await run([...npmOf(wanted), 'pack', `${wanted.name}@${wanted.version}`, '--ignore-scripts', ...QUIET], folder)
  },
  async install({ package: wanted, run, file, into, startsIn }) {
    const flags = ['--ignore-scripts', '--omit=dev', '--no-save', '--no-package-lock', '--install-links', ...QUIET]
    await run([...npmOf(wanted), 'install', file, `--prefix=${into}`, ...flags], into)
    const module = join('node_modules', ...wanted.name.split('/'))
    const entry = await binOf(join(into, module, 'package.json'), wanted)
    return { command: [wanted.node, join(startsIn, module, entry)], env: {} }
  },
}

function npmOf({ node, npm }: { node: string; npm: string | null }): readonly string[] {
  if (npm === null) throw new Error('npm is not installed on this machine')
  return [node, npm]
}

async function binOf(file: string, { name, bin: chosen }: { name: string; bin: string | null }): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(file, 'utf8'))
  const bin = isObject(manifest) ? manifest['bin'] : undefined
  if (typeof bin === 'string') return bin
  const entries = isObject(bin) ? Object.entries(bin) : []
  const short = name.split('/').at(-1)
  const only = entries.length === 1 ? entries[0] : undefined
  const found = entries.find(([key]) => key === (chosen ?? short)) ?? (chosen === null ? only : undefined)
  if (found !== undefined && typeof found[1] === 'string') return found[1]
  const names = entries.map(([key]) => key).join(', ')
  throw new Error(names === '' ? 'the package has no program' : `the package has several programs, name one: ${names}`)
}
