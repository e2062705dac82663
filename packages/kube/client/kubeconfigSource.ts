import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Fault } from '@errand/contracts'
import { Secret } from '@errand/observe'
import { parse } from 'yaml'
import * as z from 'zod'
import { tokenFrom } from './inClusterSource.ts'
import type { KubeSource, KubeTls } from './source.ts'

const clusterSchema = z.object({
  server: z.url({ protocol: /^https$/ }),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'tls-server-name': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'proxy-url': z.string().optional(),
})
const userSchema = z.object({
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
  username: z.unknown().optional(),
})
const contextSchema = z.object({ cluster: z.string(), user: z.string(), namespace: z.string().optional() })
const kubeconfigSchema = z.object({
  'current-context': z.string().min(1),
  contexts: z.array(z.object({ name: z.string(), context: contextSchema })),
  clusters: z.array(z.object({ name: z.string(), cluster: clusterSchema })),
  users: z.array(z.object({ name: z.string(), user: userSchema })),
})
type User = z.infer<typeof userSchema>

/** As the current context of a kubeconfig says. Throws `cluster.config` with what is wrong with it. */
export function kubeconfigSource(path: string): KubeSource {
  const config = read(path)
  const { context } = find(path, config.contexts, config['current-context'])
  const { cluster } = find(path, config.clusters, context.cluster)
  const { user } = find(path, config.users, context.user)
  if (cluster['insecure-skip-tls-verify'] === true)
    throw refused(path, 'it skips the check of the server’s certificate: give `certificate-authority` instead')
  if (cluster['proxy-url'] !== undefined) throw refused(path, '`proxy-url` is not supported')
  const at = { data: decode, file: (file: string) => readText(resolve(dirname(path), file)) }
  const ca = either(at, cluster['certificate-authority-data'], cluster['certificate-authority'])
  const servername = cluster['tls-server-name']
  return {
    server: cluster.server,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(servername === undefined ? {} : { servername }),
      ...clientCertificate(at, user),
    },
    token: tokenOf(path, user),
    namespace: context.namespace ?? null,
  }
}

function tokenOf(path: string, user: User): KubeSource['token'] {
  const { token, tokenFile } = user
  if (tokenFile !== undefined) return () => tokenFrom(resolve(dirname(path), tokenFile))
  if (token !== undefined) return async () => new Secret(token)
  if (user['client-certificate-data'] !== undefined || user['client-certificate'] !== undefined) return async () => null
  throw refused(path, 'its user has neither a token nor a client certificate: give the token of a service account')
}

interface Readers {
  readonly data: (base64: string) => string
  readonly file: (path: string) => string
}

function clientCertificate(at: Readers, user: User): Pick<KubeTls, 'cert' | 'key'> {
  const cert = either(at, user['client-certificate-data'], user['client-certificate'])
  const key = either(at, user['client-key-data'], user['client-key'])
  return cert === undefined || key === undefined ? {} : { cert, key: new Secret(key) }
}

/** As kubectl has it, what is written out wins over the name of a file. */
function either(at: Readers, data: string | undefined, file: string | undefined): string | undefined {
  if (data !== undefined) return at.data(data)
  return file === undefined ? undefined : at.file(file)
}

function find<T extends { readonly name: string }>(path: string, list: readonly T[], name: string): T {
  const found = list.find((item) => item.name === name)
  if (found === undefined) throw refused(path, `it names \`${name}\` and does not say what that is`)
  return found
}

function read(path: string): z.infer<typeof kubeconfigSchema> {
  const parsed = kubeconfigSchema.safeParse(parseYaml(path))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw refused(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a kubeconfig'}`)
}

function parseYaml(path: string): unknown {
  const text = readText(path)
  try {
    return parse(text) as unknown
  } catch {
    // The parser's own words would quote the line, which may be a key.
    throw refused(path, 'it is not YAML')
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('cluster.config', `${path} cannot be read.`, { cause })
  }
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}

function refused(path: string, why: string): Fault {
  return new Fault('cluster.config', `The kubeconfig ${path} cannot be used: ${why}.`)
}
