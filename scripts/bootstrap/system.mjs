import { existsSync } from 'node:fs'
import { SetupError } from './fail.mjs'
import { note, step } from './progress.mjs'
import { isOnPath, runTool } from './tool.mjs'

const NEEDED = [
  { program: 'bwrap', debian: 'bubblewrap' },
  { program: 'git', debian: 'git' },
]

export function missingPrograms() {
  return NEEDED.filter(({ program }) => !isOnPath(program))
}

/** Where we are root on a Debian we install what is missing; elsewhere we say the one command. Only git is a must. */
export async function installPrograms() {
  const names = missingPrograms().map(({ debian }) => debian)
  const isDebian = existsSync('/etc/debian_version') && isOnPath('apt-get')
  if (isDebian && process.getuid?.() === 0) await aptInstall(names)
  const left = missingPrograms()
  if (left.length === 0) return
  const command = isDebian
    ? `sudo apt-get install -y ${left.map(({ debian }) => debian).join(' ')}`
    : `install ${left.map(({ debian }) => debian).join(' and ')} with this system's package manager`
  if (left.some(({ program }) => program === 'git'))
    throw new SetupError('gitMissing', `git is not installed: ${command}, and run the command again.`)
  note(`! bubblewrap is not installed, so only the demo agent can run here. To isolate runs: ${command}`)
}

async function aptInstall(names) {
  try {
    await step(`apt-get install ${names.join(' ')}`, async () => {
      if ((await apt('install', '-y', '--no-install-recommends', ...names)).code === 0) return
      await apt('update')
      const { code, output } = await apt('install', '-y', '--no-install-recommends', ...names)
      if (code !== 0) throw new Error(output)
    })
  } catch (error) {
    // Not fatal: what is still missing is reported by the caller with the command to run.
    note(error.message.trim().split('\n').slice(-2).join('\n'))
  }
}

function apt(...args) {
  return runTool('apt-get', ['-qq', ...args], { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 180_000 })
}
