/** What a run may use, from its agent. */
export interface Limits {
  readonly memoryMib: number
  readonly cpus: number
  readonly pids: number
}

export type LimitKind = keyof Limits

/** How this machine limits a run: cgroup v2, v1, or not at all. */
export interface Limiter {
  readonly kind: 'v2' | 'v1' | 'none'
  readonly enforces: readonly LimitKind[]
  /** Why something of it is missing, in words. */
  readonly why: string | null
  /** The cgroup folders that `create` would make for a sandbox of this name. */
  folders(name: string): readonly string[]
  /** Makes them with these limits. Making them again is fine. */
  create(name: string, limits: Limits): Promise<void>
}

/** `memory 4096 MiB, 2 CPUs, 1024 processes`, and plainly what is not limited. */
export function limitWords(limiter: Limiter, limits: Limits): string {
  const words: Record<LimitKind, string> = {
    memoryMib: `memory ${limits.memoryMib} MiB`,
    cpus: `${limits.cpus} ${limits.cpus === 1 ? 'CPU' : 'CPUs'}`,
    pids: `${limits.pids} processes`,
  }
  const kinds: readonly LimitKind[] = ['memoryMib', 'cpus', 'pids']
  const held = kinds.filter((kind) => limiter.enforces.includes(kind)).map((kind) => words[kind])
  if (held.length === 0) return `no limits: ${limiter.why ?? 'this machine gives no cgroup to us'}`
  const missing = kinds.filter((kind) => !limiter.enforces.includes(kind)).map((kind) => LIMIT_NOUNS[kind])
  return missing.length === 0 ? held.join(', ') : `${held.join(', ')}; no limit on ${missing.join(' and ')}`
}

const LIMIT_NOUNS: Record<LimitKind, string> = { memoryMib: 'memory', cpus: 'CPU', pids: 'processes' }

export function noLimits(why: string): Limiter {
  return { kind: 'none', enforces: [], why, folders: () => [], create: () => Promise.resolve() }
}
