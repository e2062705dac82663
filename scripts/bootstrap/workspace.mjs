import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainInstallFailure, SetupError } from './fail.mjs'
import { PNPM, ROOT, TOOLCHAIN } from './paths.mjs'
import { step } from './progress.mjs'
import { configuredRegistry, runTool } from './tool.mjs'

const STAMP = join(TOOLCHAIN, 'workspace.stamp')

/** Are the dependencies those of the lock file? The stamp is written only after an install that ended well. */
export function isWorkspaceReady() {
  return (
    existsSync(join(ROOT, 'node_modules', '.modules.yaml')) &&
    existsSync(STAMP) &&
    readFileSync(STAMP, 'utf8') === wanted()
  )
}

export async function installWorkspace() {
  await step('Dependencies', async () => {
    rmSync(STAMP, { force: true })
    // CI=true: pnpm must not ask a question nobody can see.
    const { code, output } = await runTool(PNPM, ['install', '--frozen-lockfile', '--reporter=append-only'], {
      cwd: ROOT,
      env: { CI: 'true' },
    })
    if (code !== 0 && output.includes('OUTDATED_LOCKFILE')) {
      throw new SetupError(
        'installFailed',
        'A package.json was changed without the lock file: run `.toolchain/bin/pnpm install` and commit pnpm-lock.yaml.',
      )
    }
    if (code !== 0) throw explainInstallFailure('the dependencies', output, configuredRegistry)
    writeFileSync(STAMP, wanted())
  })
}

function wanted() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    hash.update(readFileSync(join(ROOT, file)))
  return hash.digest('hex')
}
