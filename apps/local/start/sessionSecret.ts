import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeWhole } from './dataFolder.ts'

/** What signs the cookies of this installation, made once. Without it everybody is signed out, and nothing else is lost. */
export async function ensureSessionSecret(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (known.trim().length >= 32) return known.trim()
  const secret = randomBytes(32).toString('base64url')
  await writeWhole(path, `${secret}\n`, 0o600)
  return secret
}
