import { Fault } from '@errand/contracts'
import { type Actor, authenticateApiToken, createToken, type EngineDeps, listTokens, revokeToken } from '@errand/engine'
import { readFile } from 'node:fs/promises'
import { writeWhole } from './dataFolder.ts'

const NAME = 'this machine'

/** The token with which `bin/errand` works on this machine without a login: kept while it is valid, else made anew. */
export async function ensureCliToken(path: string, owner: Actor, deps: EngineDeps): Promise<void> {
  if (await isValid(path, deps)) return
  for (const { id, name } of await listTokens(owner, deps)) if (name === NAME) await revokeToken(owner, id, deps)
  const { token } = await createToken(owner, { name: NAME }, deps)
  await writeWhole(path, `${token}\n`, 0o600)
}

async function isValid(path: string, deps: EngineDeps): Promise<boolean> {
  try {
    await authenticateApiToken((await readFile(path, 'utf8')).trim(), deps)
    return true
  } catch (error) {
    const isAbsent = error instanceof Error && Reflect.get(error, 'code') === 'ENOENT'
    if (isAbsent || (error instanceof Fault && error.code === 'auth.invalid')) return false
    throw error
  }
}
