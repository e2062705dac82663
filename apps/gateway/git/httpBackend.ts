import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Fault } from '@errand/contracts'
import type { Logger } from '@errand/observe'
import { type GitAnswer, type GitAsk, sentBack } from './gitAnswer.ts'
import { servicePath } from './gitRequest.ts'
import type { Places } from './places.ts'

export interface BackendDeps {
  /** PATH in which `git` is found. */
  readonly searchPath: string
  readonly places: Places
  readonly log: Logger
}

interface BackendAsk extends GitAsk {
  /** Folder of the organisation's repositories; the request names one in it. */
  readonly root: string
  readonly name: string
  /** Who it is for, as git's reflog would name it. */
  readonly user: string
  /** A run's pushes are checked object by object: what its agent made up is fetched by people later. */
  readonly isChecked: boolean
}

const MAX_HEAD = 64 * 1024
const MAX_WORDS = 4 * 1024

/** Settings that no repository can override. Nothing of the machine's own git configuration is read. */
const SETTINGS: Readonly<Record<string, string>> = {
  'http.receivepack': 'true',
  'http.uploadpack': 'true',
  // A hook in a repository's folder would run as us.
  'core.hooksPath': '/dev/null',
  'uploadpack.allowFilter': 'true',
  'uploadpack.allowReachableSHA1InWant': 'true',
  // In the foreground, so that no process outlives its request.
  'gc.autoDetach': 'false',
  'maintenance.autoDetach': 'false',
  'receive.autogc': 'true',
  // A push stays the pack that it came as: a clone then copies it instead of looking for deltas anew.
  'receive.unpackLimit': '1',
  // What is large is not searched for deltas: that is where a pack takes its time and its memory.
  'core.bigFileThreshold': '16m',
  'pack.windowMemory': '100m',
  'pack.threads': '1',
}

/**
 * Serves a request from a bare repository by git's own CGI program, streaming both ways. Ends the program when the
 * caller goes away. Fault `internal.error` when it gives no answer; what it wrote to its log goes to ours.
 */
export async function askBackend(ask: BackendAsk, { searchPath, log, places }: BackendDeps): Promise<GitAnswer> {
  const giveBack = await places.take(ask.user, ask.signal)
  const child = spawn('git', ['http-backend'], { env: environment(ask, searchPath), stdio: ['pipe', 'pipe', 'pipe'] })
  const words = lastWords(child.stderr)
  child.once('close', giveBack)
  const exited = once(child, 'close')
  exited.then(
    ([code]: unknown[]) => {
      if (code !== 0 && !ask.signal.aborted)
        log.warn(
          { op: 'git.backend', repository: ask.name, exitCode: code, words: words() },
          'git http-backend ended with an error',
        )
    },
    (error: unknown) => log.error({ op: 'git.backend', error }, 'git cannot be started'),
  )
  const stop = () => child.kill('SIGTERM')
  ask.signal.addEventListener('abort', stop, { once: true })
  child.once('close', () => ask.signal.removeEventListener('abort', stop))
  feed(child, ask.body)
  try {
    return await readHead(child.stdout)
  } catch (cause) {
    child.kill('SIGTERM')
    throw new Fault('internal.error', undefined, { cause })
  }
}

function environment(
  { root, name, user, isChecked, request, headers, contentLength, body }: BackendAsk,
  searchPath: string,
): NodeJS.ProcessEnv {
  const { path, query } = servicePath(request)
  const settings = Object.entries({
    ...SETTINGS,
    'safe.directory': `${root}/${name}.git`,
    'receive.fsckObjects': String(isChecked),
  })
  const config = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return {
    PATH: searchPath,
    LANG: 'C.UTF-8',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(config),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${name}.git/${path}`,
    QUERY_STRING: query,
    REQUEST_METHOD: body === null ? 'GET' : 'POST',
    CONTENT_TYPE: headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    ...(contentLength === null ? {} : { CONTENT_LENGTH: contentLength }),
    GIT_PROTOCOL: protocolOf(headers['git-protocol']),
    REMOTE_USER: user,
    REMOTE_ADDR: '127.0.0.1',
    GIT_COMMITTER_NAME: user,
    GIT_COMMITTER_EMAIL: `${user}@errand.invalid`,
  }
}

/** `version=2`, perhaps with more keys behind it. */
function protocolOf(header: unknown): string {
  return typeof header === 'string' && /^[a-z0-9=.:-]{1,200}$/.test(header) ? header : ''
}

/** The program may end without reading all of it, having said why: then its answer counts, not the broken pipe. */
function feed(child: ChildProcess & { readonly stdin: Writable }, body: AsyncIterable<Buffer> | null): void {
  if (body === null) {
    child.stdin.on('error', () => child.stdin.destroy())
    child.stdin.end()
    return
  }
  pipeline(Readable.from(body, { objectMode: false, highWaterMark: 256 * 1024 }), child.stdin).catch(() =>
    child.stdin.destroy(),
  )
}

async function readHead(stdout: Readable): Promise<GitAnswer> {
  let seen: Buffer = Buffer.alloc(0)
  for (;;) {
    const chunk: unknown = stdout.read()
    if (chunk instanceof Buffer) {
      seen = Buffer.concat([seen, chunk])
      const end = seen.indexOf('\r\n\r\n')
      if (end >= 0) {
        stdout.unshift(seen.subarray(end + 4))
        return { ...parseHead(seen.toString('latin1', 0, end)), body: kept(stdout) }
      }
      if (seen.length > MAX_HEAD) throw new Error('git http-backend wrote no head')
      continue
    }
    if (stdout.readableEnded || stdout.destroyed) throw new Error('git http-backend ended without an answer')
    await Promise.race([once(stdout, 'readable'), once(stdout, 'end'), once(stdout, 'close')])
  }
}

/**
 * The rest of the output, read from now on. When a child exits, Node throws away what nobody reads of its output; its
 * taker may first have something else to wait for.
 */
function kept(stdout: Readable): Readable {
  const body = new PassThrough()
  // A failure of one side ends the other, and is then its taker's to see.
  pipeline(stdout, body).catch(() => undefined)
  return body
}

function parseHead(head: string): Pick<GitAnswer, 'status' | 'headers'> {
  const pairs = head.split('\r\n').map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  const all = Object.fromEntries(pairs)
  return { status: Number.parseInt(all['status'] ?? '200', 10), headers: sentBack(all) }
}

function lastWords(stderr: Readable): () => string {
  let words = ''
  stderr.setEncoding('utf8')
  stderr.on('data', (text: string) => (words = (words + text).slice(-MAX_WORDS)))
  return () => words.trim()
}
