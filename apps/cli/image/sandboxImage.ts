import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError, EXIT } from '../exit.ts'
import { debianLayer } from './debianLayer.ts'
import { runProgram } from './program.ts'
import type { Recipe } from './recipe.ts'
import { type Blob, type TarEntry, walkFolder, writeTar } from './tarFile.ts'
import { toolOf, type Workshop } from './workshop.ts'

/** Node comes without it here. Pinned with its hash; an upgrade is a commit somebody reads. */
const NPM = {
  version: '11.21.2',
  integrity: 'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
}

/** The image of an agent that names none: what most repositories need to be worked on. Nothing of Errand is in it. */
export const sandboxImage: Recipe = {
  name: 'localhost/errand-sandbox',
  config: {
    User: '10001:10001',
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8', 'HOME=/home/agent'],
    WorkingDir: '/workspace',
    Cmd: ['/bin/bash'],
  },
  layers: async (workshop) => [await debianLayer(workshop), await nodeLayer(workshop), await agentLayer(workshop)],
}

/** Node and npm, readable: the agent's own. */
export async function nodeLayer(workshop: Workshop): Promise<Blob> {
  const npm = await fetchNpm(workshop)
  return writeTar(join(workshop.scratchFolder, 'node.tar'), nodeEntries(toolOf(workshop, 'node'), npm))
}

async function* nodeEntries(node: string, npm: string): AsyncGenerator<TarEntry> {
  yield { kind: 'file', path: 'usr/local/bin/node', from: node, mode: 0o755 }
  for (const name of ['npm', 'npx'])
    yield { kind: 'link', path: `usr/local/bin/${name}`, to: `../lib/node_modules/npm/bin/${name}-cli.js` }
  yield { kind: 'folder', path: 'usr/local/lib/node_modules' }
  const isWanted = (path: string) => !/\/npm\/(docs|man)$/.test(path)
  yield* walkFolder(npm, 'usr/local/lib/node_modules/npm', isWanted)
}

/** The unpacked package, from the registry that npm is set to on this machine. */
async function fetchNpm({ scratchFolder }: Workshop): Promise<string> {
  const folder = join(scratchFolder, 'npm')
  await mkdir(folder, { recursive: true })
  const trouble = {
    whenMissing: 'Install Node.js together with npm.',
    whenFailed: 'Check that npm reaches its registry: `npm ping`.',
  }
  const packed = await runProgram(
    ['npm', 'pack', `npm@${NPM.version}`, '--json', '--silent', '--pack-destination', folder],
    trouble,
  )
  const [made] = JSON.parse(packed) as readonly { readonly filename: string; readonly integrity: string }[]
  if (made?.integrity !== NPM.integrity)
    throw new CliError(
      EXIT.failed,
      `npm ${NPM.version} came with other bytes than are known of it.`,
      'Ask who runs the registry that npm is set to.',
    )
  await runProgram(['tar', '-xzf', join(folder, made.filename), '-C', folder], {
    whenMissing: 'Install tar.',
    whenFailed: 'Free some disk space.',
  })
  return join(folder, 'package')
}

/** A user to be, because git and ssh want one, and the folders that a run mounts. */
function agentLayer({ scratchFolder }: Workshop): Promise<Blob> {
  return writeTar(join(scratchFolder, 'agent.tar'), [
    { kind: 'text', path: 'etc/passwd', text: PASSWD },
    { kind: 'text', path: 'etc/group', text: GROUP },
    { kind: 'folder', path: 'errand' },
    { kind: 'folder', path: 'home/agent', mode: 0o700, uid: 10_001, gid: 10_001 },
    { kind: 'folder', path: 'workspace', mode: 0o700, uid: 10_001, gid: 10_001 },
  ])
}

const PASSWD = `root:x:0:0:root:/root:/bin/bash
agent:x:10001:10001:agent:/home/agent:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`
const GROUP = `root:x:0:
agent:x:10001:
nogroup:x:65534:
`
