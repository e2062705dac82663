import { spawn } from 'node:child_process'
import { rename } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createBareRepository, temporaryFolder } from './git.ts'

export interface GitServerRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  /** It came with the right user name and password. */
  readonly isAuthorised: boolean
}

/** A git host on 127.0.0.1: real `git http-backend` behind a password, as a forge would have it. */
export interface GitServer {
  readonly url: string
  /** `127.0.0.1:<port>`, as a credential names it. */
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  /** Every request so far. */
  readonly requests: readonly GitServerRequest[]
  /** `path` such as `acme/app.git`; the commits as `createBareRepository` takes them. Gives its folder on disk. */
  create(path: string, commits?: readonly Readonly<Record<string, string | Buffer>>[]): Promise<string>
  /** From now on the old path answers 301, to this server or to `toOrigin`. */
  rename(from: string, to: string, toOrigin?: string): Promise<void>
  /** From now on every authorised request (of this service) is answered like this, or so many; null: as usual again. */
  answerWith(
    answer: {
      readonly status: number
      readonly text: string
      readonly service?: string
      readonly times?: number
    } | null,
  ): void
  close(): Promise<void>
}

interface GitServerOptions {
  readonly username?: string
  readonly password?: string
  /** Answers what begins with `/api/`, as a forge does beside its repositories. */
  readonly answerApi?: RequestListener
  /** PEM; then it speaks https. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

type FixedAnswer = Parameters<GitServer['answerWith']>[0]

export async function startGitServer({
  username = 'x-access-token',
  password = 'right-password',
  answerApi,
  tls,
}: GitServerOptions = {}): Promise<GitServer> {
  const root = await temporaryFolder('errand-git')
  const requests: GitServerRequest[] = []
  const moved = new Map<string, string>()
  let fixed: FixedAnswer = null
  let left = 0
  const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

  const answer: RequestListener = (request, response) => {
    const { method = '', url = '', headers } = request
    if (answerApi !== undefined && url.startsWith('/api/')) return answerApi(request, response)
    const isAuthorised = headers.authorization === wanted
    requests.push({ method, url, headers, isAuthorised })
    const from = [...moved.keys()].find((path) => url.startsWith(`/${path}/`))
    if (!isAuthorised) {
      request.resume()
      response
        .writeHead(401, { 'www-authenticate': 'Basic realm="git"', 'content-type': 'text/plain' })
        .end('Password needed\n')
    } else if (fixed !== null && url.includes(fixed.service ?? '') && left-- > 0) {
      request.resume()
      response.writeHead(fixed.status, { 'content-type': 'text/plain' }).end(`${fixed.text}\n`)
    } else if (from === undefined) {
      runBackend({ request, response, root: root.path, username })
    } else {
      request.resume()
      response.writeHead(301, { location: `${moved.get(from) ?? ''}${url.slice(from.length + 1)}` }).end()
    }
  }
  const server: Server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  server.requestTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`

  return {
    url,
    host: `127.0.0.1:${port}`,
    port,
    username,
    password,
    requests,
    async create(path, commits) {
      const folder = join(root.path, path)
      await createBareRepository(folder, commits)
      return folder
    },
    async rename(from, to, toOrigin = url) {
      await rename(join(root.path, from), join(root.path, to))
      moved.set(from, `${toOrigin}/${to}`)
    },
    answerWith(next) {
      fixed = next
      left = next?.times ?? Infinity
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      await root.remove()
    },
  }
}

interface BackendRun {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly root: string
  readonly username: string
}

/** RFC 3875, just enough of it. */
function runBackend({ request, response, root, username }: BackendRun): void {
  const { pathname, search } = new URL(request.url ?? '', 'http://here')
  const { headers } = request
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_KEY_0: 'http.receivepack',
      GIT_CONFIG_VALUE_0: 'true',
      // Packs are kept and nothing large is searched for deltas: tests wait for the wire, not for that.
      GIT_CONFIG_KEY_1: 'receive.unpackLimit',
      GIT_CONFIG_VALUE_1: '1',
      GIT_CONFIG_KEY_2: 'core.bigFileThreshold',
      GIT_CONFIG_VALUE_2: '1m',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: headers['git-protocol']?.toString() ?? '',
      REMOTE_USER: username,
      REMOTE_ADDR: '127.0.0.1',
      ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => child.stdin.destroy())
  request.pipe(child.stdin)
  response.once('close', () => child.kill())
  let head: Buffer | null = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === null) return
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    const lines = head.toString('latin1', 0, end).split('\r\n')
    const pairs = lines.map(
      (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const,
    )
    const status = Number.parseInt(pairs.find(([name]) => name === 'Status')?.[1] ?? '200', 10)
    response.writeHead(status, Object.fromEntries(pairs.filter(([name]) => name !== 'Status')))
    response.write(head.subarray(end + 4))
    head = null
    child.stdout.pipe(response)
  })
  child.once('close', () => response.end())
}
