import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '@errand/observe'
import type { KubeSource } from './source.ts'

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** As the service account of the pod that this process is in. */
export function inClusterSource(folder = ACCOUNT_FOLDER, server = 'https://kubernetes.default.svc'): KubeSource {
  return {
    server,
    tls: { ca: readFileSync(join(folder, 'ca.crt'), 'utf8') },
    token: () => tokenFrom(join(folder, 'token')),
    namespace: readFileSync(join(folder, 'namespace'), 'utf8').trim(),
  }
}

/** The kubelet writes a new one there long before the old one ends. */
export async function tokenFrom(file: string): Promise<Secret> {
  return new Secret((await readFile(file, 'utf8')).trim())
}
