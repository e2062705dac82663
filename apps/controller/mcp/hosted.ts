import type { BridgeBoot, BridgeHealth, HostedRecipe, InstalledBundle, InstanceId } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import { type EngineDeps, type Instance, type InstanceSight, noteInstance } from '@errand/engine'
import type { Logger } from '@errand/observe'

/** Where hosted servers live: in bubblewrap on one machine, in pods on a cluster. */
export interface HostedPlace {
  look(id: InstanceId): Promise<Seen>
  /**
   * Installs the package where it is not there yet, starts the server's bridge and resolves when that answers, with the
   * instance as it was noted by then. Fault `mcp.install-failed` or `mcp.crashed` with words.
   */
  start(instance: Instance): Promise<Instance>
  /** Ends what is there of an instance, and forgets it; what it printed is kept. */
  takeAway(id: InstanceId): Promise<void>
  list(): Promise<readonly InstanceId[]>
  /** Removes what belongs to none of those that are looked after, and what ended ones left. */
  tidy(known: ReadonlySet<InstanceId>): Promise<void>
  /** What the bridge has printed lately. */
  printed(id: InstanceId): Promise<string>
  /** Null: nothing answers, or the bridge reports by itself. */
  health(instance: Instance): Promise<BridgeHealth | null>
  /** Deletes what was installed before that time and is not among the used. */
  sweep(bundles: { readonly used: readonly string[]; readonly before: Date }): Promise<unknown>
  onExit(listener: () => void): { close(): void }
}

/** What every place needs. */
export interface PlaceDeps {
  readonly engine: EngineDeps
  readonly log: Logger
  readonly delay: (ms: number) => Promise<void>
  /** Aborted when we stop: whatever waits gives up, and nothing is noted as a failure. */
  readonly stopping: AbortSignal
}

export interface HostedDeps extends PlaceDeps {
  readonly place: HostedPlace
}

/** As its bridge starts it from what was installed. Its secrets come later, from the gateway. */
export function serverOf(
  recipe: HostedRecipe,
  { command, env, image }: Pick<InstalledBundle, 'command' | 'env' | 'image'>,
  inside: { readonly path: string; readonly home: string },
): BridgeBoot['server'] {
  const plain = Object.entries(recipe.env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const http = httpOf(recipe)
  const base = { PATH: inside.path, HOME: inside.home, LANG: 'C.UTF-8', TMPDIR: '/tmp' }
  return {
    // As container engines do: arguments take the place of those that an image brings.
    command: [...command, ...(recipe.args.length > 0 ? recipe.args : (image?.args ?? []))],
    cwd: image?.cwd ?? inside.home,
    // Most servers that listen take it from there.
    env: { ...base, ...(http === null ? {} : { PORT: `${http.port}` }), ...env, ...Object.fromEntries(plain) },
    share: recipe.share,
    ...(http === null ? {} : { http }),
  }
}

const USUAL_PATHS = { 'streamable-http': '/mcp', sse: '/sse' } as const

/** Null: over its standard streams. */
function httpOf({ transport, port, path }: HostedRecipe): NonNullable<BridgeBoot['server']['http']> | null {
  if (transport === 'stdio' || port === undefined) return null
  return { transport, port, path: path ?? USUAL_PATHS[transport] }
}

export const WORDS_CHARS = 500

/** The words of the last line of a bridge's log. */
export function lastWordsOf(printed: string): string {
  const last = printed.trim().split('\n').at(-1) ?? ''
  const words = /"msg":("(?:[^"\\]|\\.)*")/.exec(last)?.[1]
  return (words === undefined ? last : String(JSON.parse(words))).slice(0, WORDS_CHARS)
}

/** Why something ended, as the place or it itself says. */
export async function whyEnded(
  id: InstanceId,
  seen: Extract<Seen, { kind: 'exited' }>,
  place: Pick<HostedPlace, 'printed'>,
): Promise<string> {
  if (seen.isOutOfMemory) return 'It used more memory than it may: raise `memoryMib` of the server.'
  // Without a reason of its place, and with an exit code, it ended by itself, and said why.
  const isOfPlace = seen.code !== undefined || seen.exitCode === null
  return isOfPlace && seen.detail !== undefined ? seen.detail : lastWordsOf(await place.printed(id))
}

/** Writes what changed, and gives the instance as it stands then; the rest stays as it was when it was read. */
export async function note(
  instance: Instance,
  change: Partial<InstanceSight>,
  { engine }: Pick<PlaceDeps, 'engine'>,
): Promise<Instance> {
  const changed = { ...instance, ...change }
  await noteInstance(instance, changed, engine)
  return changed
}
