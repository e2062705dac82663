import type { RunEvent } from '@errand/contracts'

export interface HostSeen {
  /** `example.org:443`. */
  readonly host: string
  readonly isAllowed: boolean
  readonly count: number
  readonly lastAt: string
  /** The programs that wanted it, as far as they are known; the first few. */
  readonly commands: readonly string[]
}

const MAX_COMMANDS = 5
/** A program that tries every name there is must not fill the memory of whoever watches. */
const MAX_HOSTS = 500

/** Which hosts were reached and which were refused, by whom and how often. */
export class NetworkFold {
  #hosts = new Map<string, HostSeen>()
  #shared: readonly HostSeen[] = []
  /** Hosts that are counted nowhere else. */
  left = 0

  add({ at, body }: RunEvent): void {
    if (body.type !== 'egress.allowed' && body.type !== 'egress.blocked') return
    const isAllowed = body.type === 'egress.allowed'
    const host = `${body.host}:${body.port}`
    const key = `${isAllowed} ${host}`
    const seen = this.#hosts.get(key)
    if (seen === undefined && this.#hosts.size >= MAX_HOSTS) {
      this.left += 1
      return
    }
    const commands = seen?.commands ?? []
    const isNew = body.command !== undefined && !commands.includes(body.command) && commands.length < MAX_COMMANDS
    this.#hosts.set(key, {
      host,
      isAllowed,
      count: (seen?.count ?? 0) + 1,
      lastAt: at,
      commands: isNew && body.command !== undefined ? [...commands, body.command] : commands,
    })
    this.#shared = []
  }

  /** In the order in which they were first wanted; the same array as long as nothing changed. */
  get hosts(): readonly HostSeen[] {
    if (this.#shared.length !== this.#hosts.size) this.#shared = [...this.#hosts.values()]
    return this.#shared
  }
}
