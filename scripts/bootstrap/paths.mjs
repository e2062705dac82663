import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const TOOLCHAIN = join(ROOT, '.toolchain')

/** The stable names everything else uses; they are links into the toolchain that is current. */
export const NODE = join(TOOLCHAIN, 'bin', 'node')
export const PNPM = join(TOOLCHAIN, 'bin', 'pnpm')
export const CLAUDE = join(TOOLCHAIN, 'bin', 'claude')
