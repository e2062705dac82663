/** One thing that was tried from inside a sandbox, and what happened. */
export interface BoundaryCheck {
  readonly name: string
  readonly ok: boolean
  readonly tried: string
  readonly happened: string
}

/** What the probe is to try, beside what every sandbox must refuse. Only targets on this machine. */
export interface ProbeTask {
  /** Of another run that is live: its door is not this one. Null where there is none to try. */
  readonly otherToken: string | null
  /** Files and folders of the owner that must not be there. */
  readonly closedPaths: readonly string[]
  /** Ports on the loopback address of this machine, each with what listens there. */
  readonly closedPorts: readonly { readonly port: number; readonly what: string }[]
  /** Unix sockets of this machine, by path or, with a leading NUL, by abstract name. */
  readonly closedSockets: readonly string[]
  /** Addresses that this machine has itself besides the loopback one. */
  readonly ownAddresses: readonly string[]
  /** What is enforced, or null: tried in earnest where it is. */
  readonly memoryMib: number | null
  readonly pids: number | null
}
