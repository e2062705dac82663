import { join } from 'node:path'
import { takeFromDebian } from './debianLayer.ts'
import type { Recipe } from './recipe.ts'
import { type Blob, writeTar } from './tarFile.ts'
import { needed, toolOf, type Workshop } from './workshop.ts'

/**
 * Who may read `bin/node`; everybody else may only execute it. A process whose program it may not read shows neither
 * its memory nor its environment to others of the same user. Of this group is the init container that copies the
 * tools where they cannot be mounted.
 */
const READERS_GID = 10_002

/** What comes in beside an agent's own image: the runner, the bridge of hosted servers, their Node and Claude Code. Mounted at /errand as a volume. */
export const toolsImage: Recipe = {
  name: 'localhost/errand-tools',
  config: { User: '10001:10001', Cmd: ['/bin/node', '/runner.mjs'] },
  layers: async (workshop) => [await programs(workshop), await bundles(workshop)],
}

/**
 * Large, and another only when a version of Node or Claude Code is. BusyBox needs no library: with it an init container
 * copies the rest.
 */
async function programs(workshop: Workshop): Promise<Blob> {
  const busybox = await takeFromDebian(workshop, 'usr/bin/busybox')
  return writeTar(join(workshop.scratchFolder, 'programs.tar'), [
    { kind: 'folder', path: 'bin' },
    { kind: 'file', path: 'bin/busybox', from: busybox, mode: 0o755 },
    { kind: 'file', path: 'bin/claude', from: toolOf(workshop, 'claude'), mode: 0o755 },
    { kind: 'file', path: 'bin/node', from: toolOf(workshop, 'node'), mode: 0o751, gid: READERS_GID },
  ])
}

function bundles({ root, scratchFolder }: Workshop): Promise<Blob> {
  return writeTar(join(scratchFolder, 'runner.tar'), [
    { kind: 'file', path: 'runner.mjs', from: needed(join(root, 'apps/runner/dist/runner.mjs')), mode: 0o644 },
    { kind: 'file', path: 'bridge.mjs', from: needed(join(root, 'apps/bridge/dist/bridge.mjs')), mode: 0o644 },
  ])
}
