import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { listenLocally } from './listenLocally.ts'

export interface KubeObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
  }
  readonly [field: string]: unknown
}

/** The part of the Kubernetes API that a list and a watch see, for one collection of pods, in plain HTTP on 127.0.0.1. */
export interface ScriptedKubeApi {
  readonly url: string
  /** Makes it, or changes it. */
  put(name: string, fields?: Readonly<Record<string, unknown>>): void
  remove(name: string): void
  /** Forgets what has happened so far: a watch from there, and the rest of a list begun before, answers 410. */
  compact(): void
  items(): readonly KubeObject[]
  close(): Promise<void>
}

interface Change {
  readonly version: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

const PATH = '/api/v1/namespaces/test/pods'

export async function startScriptedKubeApi({ pageSize = 500 } = {}): Promise<ScriptedKubeApi> {
  const objects = new Map<string, KubeObject>()
  const pages = new Map<string, readonly KubeObject[]>()
  const watchers = new Set<(change: Change) => void>()
  let changes: readonly Change[] = []
  let version = 1
  let oldest = 1

  function record(type: Change['type'], object: KubeObject): void {
    const change = { version, type, object }
    changes = [...changes, change]
    for (const tell of watchers) tell(change)
  }

  function list(query: URLSearchParams, response: ServerResponse): void {
    const token = query.get('continue')
    const rest = token === null ? [...objects.values()] : pages.get(token)
    if (rest === undefined) return refuse(response, 410, 'Expired')
    const size = Math.min(pageSize, Number(query.get('limit') ?? pageSize))
    const asOf = token?.split('/')[0] ?? String(version)
    const next = rest.length > size ? `${asOf}/${rest.length - size}` : ''
    if (next !== '') pages.set(next, rest.slice(size))
    send(response, { kind: 'PodList', metadata: { resourceVersion: asOf, continue: next }, items: rest.slice(0, size) })
  }

  function watch(query: URLSearchParams, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion'))
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    const say = (type: string, object: object) => response.write(`${JSON.stringify({ type, object })}\n`)
    if (from < oldest) {
      say('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: `too old resource version: ${from}` })
      response.end()
      return
    }
    const tell = ({ type, object }: Change) => say(type, object)
    for (const change of changes.filter((each) => each.version > from)) tell(change)
    watchers.add(tell)
    const end = () => {
      say('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: String(version) } })
      response.end()
    }
    const timer = setTimeout(end, Number(query.get('timeoutSeconds')) * 1000)
    response.on('close', () => {
      clearTimeout(timer)
      watchers.delete(tell)
    })
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://kube')
    if (pathname !== PATH) return refuse(response, 404, 'NotFound')
    return searchParams.get('watch') === 'true' ? watch(searchParams, response) : list(searchParams, response)
  })

  return {
    url: await listenLocally(server),
    put: (name, fields = {}) => {
      const before = objects.get(name)
      version++
      const uid = before?.metadata.uid ?? `uid-${version}`
      const object = { ...fields, metadata: { name, namespace: 'test', uid, resourceVersion: String(version) } }
      objects.set(name, object)
      record(before === undefined ? 'ADDED' : 'MODIFIED', object)
    },
    remove: (name) => {
      const before = objects.get(name)
      if (before === undefined) return
      version++
      objects.delete(name)
      record('DELETED', { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } })
    },
    compact: () => {
      oldest = version
      changes = []
      pages.clear()
    },
    items: () => [...objects.values()],
    close: async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

function send(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, code: number, reason: string): void {
  send(response, { kind: 'Status', code, reason, message: reason }, code)
}
