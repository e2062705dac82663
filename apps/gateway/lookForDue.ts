import type { GatewayDeps } from './deps.ts'

const AT_ONCE = 4

interface Due<T> {
  /** Of the log's lines. */
  readonly op: string
  readonly everyMs: number
  /** Takes what is due, so that no other gateway does. */
  readonly take: (limit: number) => Promise<readonly T[]>
  /** One of them. What it throws is logged with `fieldsOf`, and the others go on. */
  readonly perform: (one: T) => Promise<unknown>
  readonly fieldsOf: (one: T) => Readonly<Record<string, string>>
}

/** Does what is due, a few at once, again and again until it is closed. */
export function lookForDue<T>(
  { op, everyMs, take, perform, fieldsOf }: Due<T>,
  { log }: Pick<GatewayDeps, 'log'>,
): { close(): Promise<void> } {
  let looking: Promise<void> | null = null
  let isClosing = false

  const performLogged = async (one: T) => {
    try {
      await perform(one)
    } catch (error) {
      log.warn({ op, ...fieldsOf(one), error }, 'one that was due failed')
    }
  }
  const look = async () => {
    for (;;) {
      const due = await take(AT_ONCE)
      await Promise.all(due.map(performLogged))
      if (due.length < AT_ONCE || isClosing) return
    }
  }
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => log.warn({ op, error }, 'what is due was not found'))
      .finally(() => (looking = null))
  }, everyMs)
  timer.unref()
  return {
    async close() {
      isClosing = true
      clearInterval(timer)
      await looking
    },
  }
}
