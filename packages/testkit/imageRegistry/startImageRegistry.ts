import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { packTar, type TarEntry } from 'modern-tar'
import { gzipSync } from 'node:zlib'

export type { TarEntry }

export interface ImageGiven {
  readonly layers: readonly (readonly TarEntry[])[]
  readonly config: Readonly<Record<string, unknown>>
}

export interface ImageRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string
  /** What was asked for, in order. */
  readonly asked: readonly string[]
  /** Keeps an image under a tag, as the one for every kind of machine. Gives its digest. */
  put(repository: string, tag: string, image: ImageGiven): Promise<string>
  /** What of that digest is for this machine, as a tar that container engines import: there it is named by its own digest. */
  archive(repository: string, digest: string): Promise<Uint8Array>
  /** Gives other bytes for a blob than its digest says. */
  spoil(digest: string): void
  close(): Promise<void>
}

interface Kept {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

const OCI = 'application/vnd.oci.image'
const TOKEN = 'a-token-for-anybody'

/** Whom alone it serves, and whether it wants to see the password itself or a token that is given for it. */
export interface ImageLogin {
  readonly kind: 'basic' | 'token'
  readonly username: string
  readonly password: string
}

/** A registry as the OCI distribution API has it. Without a login it wants a token of its service first, which everybody gets. */
export async function startImageRegistry(login: ImageLogin | null = null): Promise<ImageRegistry> {
  const known = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  const wanted = login?.kind === 'basic' ? known : `Bearer ${TOKEN}`
  const blobs = new Map<string, { readonly type: string; readonly body: Buffer }>()
  const tags = new Map<string, string>()
  const asked: string[] = []
  let host = ''
  const keep = (type: string, body: Buffer): Kept => {
    const digest = digestOf(body)
    blobs.set(digest, { type, body })
    return { mediaType: type, digest, size: body.length }
  }
  const answer = ({ url = '', headers }: IncomingMessage, response: ServerResponse): void => {
    const [path = ''] = url.split('?')
    asked.push(url)
    if (path === '/token') {
      if (known !== null && headers.authorization !== known) return void response.writeHead(401).end('{}')
      return void response.end(JSON.stringify({ token: TOKEN }))
    }
    if (headers.authorization !== wanted) {
      const challenge =
        login?.kind === 'basic'
          ? `Basic realm="${host}"`
          : `Bearer realm="http://${host}/token",service="${host}",scope="repository:x:pull"`
      return void response.writeHead(401, { 'www-authenticate': challenge }).end()
    }
    const [, repository = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(path) ?? []
    const found = blobs.get(tags.get(`${repository}:${reference}`) ?? reference)
    if (kind === undefined || found === undefined) return void response.writeHead(404).end('{}')
    response.writeHead(200, { 'content-type': found.type }).end(found.body)
  }
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  return {
    host,
    asked,
    async put(repository, tag, { layers, config }) {
      const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
      const tars = await Promise.all(layers.map((entries) => packTar([...entries])))
      const rootfs = { type: 'layers', diff_ids: tars.map(digestOf) }
      const json = (type: string, value: unknown) => keep(`${OCI}.${type}.v1+json`, Buffer.from(JSON.stringify(value)))
      const manifest = json('manifest', {
        schemaVersion: 2,
        config: json('config', { ...platform, rootfs, config }),
        layers: tars.map((tar) => keep(`${OCI}.layer.v1.tar+gzip`, gzipSync(tar))),
      })
      const other = {
        ...manifest,
        digest: `sha256:${'0'.repeat(64)}`,
        platform: { os: 'windows', architecture: 'amd64' },
      }
      const index = json('index', { schemaVersion: 2, manifests: [other, { ...manifest, platform }] })
      tags.set(`${repository}:${tag}`, index.digest)
      return index.digest
    },
    async archive(repository, digest) {
      const read = (of: string): unknown => JSON.parse(blobs.get(of)?.body.toString() ?? '')
      const { manifests } = read(digest) as { manifests: readonly Kept[] }
      const mine = manifests.at(-1)
      if (mine === undefined) throw new Error(`${digest} is for no machine`)
      const { config, layers } = read(mine.digest) as { config: Kept; layers: readonly Kept[] }
      const annotations = { 'io.containerd.image.name': `${host}/${repository}@${mine.digest}` }
      const index = { schemaVersion: 2, manifests: [{ ...mine, annotations }] }
      const file = (name: string, body: string | Buffer): TarEntry => ({
        header: { name, size: Buffer.byteLength(body) },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      })
      const parts = [mine, config, ...layers].map((part) =>
        file(`blobs/${part.digest.replace(':', '/')}`, blobs.get(part.digest)?.body ?? ''),
      )
      const layout = file('oci-layout', '{"imageLayoutVersion":"1.0.0"}')
      return packTar([layout, file('index.json', JSON.stringify(index)), ...parts])
    },
    spoil(digest) {
      blobs.set(digest, { type: 'application/octet-stream', body: Buffer.from('something else') })
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function digestOf(body: Uint8Array): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}
