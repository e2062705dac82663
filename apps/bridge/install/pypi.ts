import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Installer } from './install.ts'

const QUIET = ['--disable-pip-version-check', '--no-input', '--no-cache-dir', '--quiet', '--only-binary=:all:']

/** pip does the work, from wheels alone: building a package would run its code. */
export const installPypi: Installer = {
  async download({ package: wanted, run, folder }) {
    const pip = [pythonOf(wanted), '-m', 'pip', 'download', `${wanted.name}==${wanted.version}`]
    await run([...pip, '--no-deps', '--dest', folder, ...QUIET], folder)
  },
  async install({ package: wanted, run, file, into, startsIn }) {
    const python = pythonOf(wanted)
    await run([python, '-m', 'pip', 'install', file, '--target', into, '--no-compile', ...QUIET], into)
    const { module, member } = await entryOf(into, wanted)
    await hideNode(join(into, APART))
    const code = `import sys; from ${module} import ${member.split('.')[0] ?? ''}; sys.exit(${member}())`
    return {
      command: [python, '-c', code],
      // The bundle cannot be written; what is not found there is not looked for in the user's own folder.
      env: {
        ...{ PYTHONPATH: startsIn, PYTHONDONTWRITEBYTECODE: '1', PYTHONNOUSERSITE: '1', PYTHONUNBUFFERED: '1' },
        PATH: `${join(startsIn, APART)}:/usr/local/bin:/usr/bin:/bin`,
      },
    }
  },
}

const APART = '.errand'
const REFUSES = `#!/bin/sh
echo "$0: this server was installed without it" >&2
exit 127
`

/**
 * Some packages look for the machine's own Node and, where there is one, install more with npm when they are first
 * called. That would be other bytes than were installed, and there is no registry then: they do without.
 */
async function hideNode(folder: string): Promise<void> {
  await mkdir(folder)
  for (const name of ['node', 'npm', 'npx']) await writeFile(join(folder, name), REFUSES, { mode: 0o755 })
}

function pythonOf({ python }: { python: string | null }): string {
  if (python === null) throw new Error('Python with pip is not installed on this machine')
  return python
}

async function entryOf(
  folder: string,
  { name, bin }: { name: string; bin: string | null },
): Promise<{ module: string; member: string }> {
  const same = (a: string): string => a.toLowerCase().replaceAll(/[-_.]+/g, '-')
  const info = (await readdir(folder)).find(
    (one) => one.endsWith('.dist-info') && same(one.split('-')[0] ?? '') === same(name),
  )
  if (info === undefined) throw new Error('the package was not installed under its own name')
  const text = await readFile(join(folder, info, 'entry_points.txt'), 'utf8').catch(() => '')
  const section = /^\[console_scripts\]\s*$([^[]*)/m.exec(text)?.[1] ?? ''
  const scripts = [...section.matchAll(/^\s*([\w.-]+)\s*=\s*([\w.]+):([\w.]+)\s*(\[.*\])?\s*$/gm)]
  const only = scripts.length === 1 ? scripts[0] : undefined
  const found = scripts.find(([, key = '']) => same(key) === same(bin ?? name)) ?? (bin === null ? only : undefined)
  const [, , module, member] = found ?? []
  if (module !== undefined && member !== undefined) return { module, member }
  const names = scripts.map(([, key]) => key).join(', ')
  throw new Error(names === '' ? 'the package has no program' : `the package has several programs, name one: ${names}`)
}
