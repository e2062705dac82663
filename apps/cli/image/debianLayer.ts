import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './program.ts'
import { type Blob, hashFile } from './tarFile.ts'
import type { Workshop } from './workshop.ts'

const SUITE = 'bookworm'

/** Documentation and translations: nobody reads them in a sandbox. Licences stay. */
const LEFT_OUT = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*', '/usr/share/doc/*']
const STAYS = '/usr/share/doc/*/copyright'

/**
 * A small Debian with the packages of `deploy/images/sandbox/packages.txt`, made without Docker by mmdebstrap. It is kept:
 * what has the same packages is made once a machine, until somebody wants it anew (`--fresh`).
 */
export async function debianLayer(workshop: Workshop): Promise<Blob> {
  return hashFile(await keptDebian(workshop))
}

/** One file of that Debian. */
export async function takeFromDebian(workshop: Workshop, path: string): Promise<string> {
  const { scratchFolder } = workshop
  await runProgram(['tar', '-xf', await keptDebian(workshop), '-C', scratchFolder, `./${path}`], {
    whenMissing: 'Install tar.',
    whenFailed: 'The Debian that was kept is not whole: make it again with `--fresh`.',
  })
  return join(scratchFolder, path)
}

async function keptDebian(workshop: Workshop): Promise<string> {
  const { root, cacheFolder, architecture, isFresh } = workshop
  const text = await readFile(join(root, 'deploy/images/sandbox/packages.txt'), 'utf8')
  const packages = text.split('\n').filter((line) => line !== '')
  const key = createHash('sha256').update([SUITE, architecture, ...packages, ...LEFT_OUT].join('\0'))
  const kept = join(cacheFolder, `debian-${key.digest('hex').slice(0, 12)}.tar`)
  if (isFresh || !existsSync(kept)) await bootstrap(workshop, packages, kept)
  return kept
}

async function bootstrap(workshop: Workshop, packages: readonly string[], kept: string): Promise<void> {
  const { cacheFolder, scratchFolder, architecture, mirror, say } = workshop
  say(`Making a Debian ${SUITE} with ${packages.join(', ')}: about half a minute, once.`)
  const made = join(scratchFolder, 'debian.tar')
  const excluded = [...LEFT_OUT.map((path) => `path-exclude=${path}`), `path-include=${STAYS}`]
  const options = [
    '--quiet',
    '--variant=minbase',
    `--architectures=${architecture}`,
    `--include=${packages.join(',')}`,
    ...excluded.map((one) => `--dpkgopt=${one}`),
  ]
  // With this set, mmdebstrap makes the same bytes of the same packages.
  const command = ['env', 'SOURCE_DATE_EPOCH=1', 'mmdebstrap', ...options, SUITE, made] as const
  await runProgram(mirror === null ? command : [...command, mirror], {
    whenMissing: MISSING,
    whenFailed: 'It needs a mirror of Debian packages: `--mirror http://…` names one of yours.',
  })
  await rename(made, kept)
  for (const name of await readdir(cacheFolder))
    if (/^debian-.*\.tar$/.test(name) && join(cacheFolder, name) !== kept) await rm(join(cacheFolder, name))
}

const MISSING =
  'On Debian or Ubuntu: `apt-get install mmdebstrap`. Elsewhere build deploy/images/sandbox/Containerfile with Docker or Podman.'
