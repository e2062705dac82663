import { setTimeout as sleep } from 'node:timers/promises'
import { FIELD_MANAGER } from '../manifests/labels.ts'
import { type Kind, type Kinds, pathOf } from './kinds.ts'
import { KubeError } from './kubeError.ts'
import { ListWatch } from './listWatch.ts'
import { listAll, openWatch } from './reading.ts'
import { Requester } from './requester.ts'
import type { KubeSource } from './source.ts'
import type { DeleteOptions, KubeClient, KubeDeps, LogOptions, WriteOptions } from './types.ts'

/** A watch is begun anew after so long; so one that has gone dead is noticed soon after, whoever is to blame. */
const WATCH_SECONDS = 30
const LOG_BYTES = 1_000_000

export function createKubeClient(source: KubeSource, given: Pick<KubeDeps, 'log'> & Partial<KubeDeps>): KubeClient {
  const deps: KubeDeps = { ...REAL, ...given }
  const requester = new Requester(source, deps)
  return {
    get: (kind, name) => absentAsNull(requester.json({ verb: 'get', path: pathOf(kind, name) })),
    list: async (kind, selection = {}) => (await listAll(requester, kind, selection)).items,
    create: (kind, object, options) => write(requester, 'create', kind, object, options),
    apply: (kind, object, options) => write(requester, 'apply', kind, object, options),
    patch: (kind, name, body) =>
      requester.json({ verb: 'patch', path: pathOf(kind, name), body, contentType: 'application/merge-patch+json' }),
    delete: (kind, name, options) => remove(requester, pathOf(kind, name), options),
    logs: (namespace, pod, options) => readLog(requester, `${pathOf('Pod', { namespace, name: pod })}/log`, options),
    watch: (kind, selection, handlers) =>
      new ListWatch({
        what: `watch ${pathOf(kind, selection)}`,
        handlers,
        deps,
        until: requester.closed,
        list: (signal) => listAll(requester, kind, selection, signal),
        watch: (version, signal) => openWatch(requester, kind, { ...selection, version, signal, ...deps }),
      }),
    counts: () => requester.counts(),
    close: () => requester.close(),
  }
}

const REAL: Omit<KubeDeps, 'log'> = {
  now: () => new Date(),
  delay: (ms, options) => sleep(ms, undefined, options),
  random: Math.random,
  watchSeconds: WATCH_SECONDS,
}

async function write<K extends Kind>(
  requester: Requester,
  verb: 'create' | 'apply',
  kind: K,
  body: Kinds[K],
  { isDryRun = false }: WriteOptions = {},
): Promise<Kinds[K]> {
  const { namespace, name } = body.metadata ?? {}
  const query = {
    fieldManager: FIELD_MANAGER,
    // What this cluster does not know it must not leave out in silence.
    fieldValidation: 'Strict',
    dryRun: isDryRun ? 'All' : undefined,
  }
  if (verb === 'create') return requester.json({ verb, path: pathOf(kind, { namespace }), query, body })
  return requester.json({
    verb,
    path: pathOf(kind, { namespace, name }),
    query: { ...query, force: true },
    body,
    contentType: 'application/apply-patch+yaml',
  })
}

async function remove(
  requester: Requester,
  path: string,
  { propagation = 'Background', graceSeconds, uid }: DeleteOptions = {},
): Promise<boolean> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: propagation,
    gracePeriodSeconds: graceSeconds,
    preconditions: uid === undefined ? undefined : { uid },
  }
  try {
    await requester.json({ verb: 'delete', path, body })
    return true
  } catch (error) {
    const isOther = error instanceof KubeError && error.status === 409 && uid !== undefined
    if (isOther || isAbsent(error)) return false
    throw error
  }
}

function readLog(requester: Requester, path: string, options: LogOptions = {}): Promise<string | null> {
  const { tailLines, container } = options
  const text = requester.text({ verb: 'logs', path, query: { tailLines, container, limitBytes: LOG_BYTES } })
  // Its container is not there yet.
  return absentAsNull(text, (error) => error.status === 400)
}

async function absentAsNull<T>(
  answer: Promise<T>,
  isAlso: (error: KubeError) => boolean = () => false,
): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (isAbsent(error) || (error instanceof KubeError && isAlso(error))) return null
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404
}
