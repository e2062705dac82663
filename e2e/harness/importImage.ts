import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * Brings an image onto the node. `ERRAND_E2E_IMAGE_IMPORT` is the shell command for that (the tar is `$1`); without it, into
 * the k3s of this machine.
 */
export async function importImage(file: string): Promise<void> {
  const command = process.env['ERRAND_E2E_IMAGE_IMPORT'] ?? 'k3s ctr -n k8s.io images import "$1"'
  await promisify(execFile)('/bin/sh', ['-c', command, 'import', file], { cwd: ROOT, maxBuffer: 2 ** 24 })
}
