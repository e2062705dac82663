import type { Logger } from '@errand/observe'
import type { Queryable, Statement } from './database.ts'

const NOTIFY: Statement = {
  name: 'announce',
  text: 'select pg_notify($1, id) from unnest($2::text[]) as ids (id)',
}

export interface Announcements {
  announce(channel: string, id: string): void
  /** Resolves when everything that was announced until now is sent. */
  sent(): Promise<void>
}

/**
 * NOTIFY apart from the transaction that it tells of. Inside, it would make every commit wait for the one before it to
 * be on disk, as PostgreSQL puts commits that notify in a row. Ids that come while one statement is under way go
 * together with the next. What is announced can be lost, with this process or the connection: whoever listens also
 * looks now and then.
 */
export function openAnnouncements(q: Queryable, log: Logger): Announcements {
  const waiting = new Map<string, Set<string>>()
  let sending: Promise<void> | undefined

  const send = async (): Promise<void> => {
    for (let next = takeFirst(waiting); next !== undefined; next = takeFirst(waiting)) {
      const [channel, ids] = next
      try {
        await q.rows(NOTIFY, [channel, [...ids]])
      } catch (error) {
        log.debug({ op: 'database.announce', channel, error }, 'an announcement was lost; listeners look by themselves')
      }
    }
    sending = undefined
  }

  return {
    announce: (channel, id) => {
      waiting.set(channel, (waiting.get(channel) ?? new Set()).add(id))
      sending ??= send()
    },
    sent: async () => sending,
  }
}

function takeFirst<K, V>(map: Map<K, V>): [K, V] | undefined {
  const first = map.entries().next().value
  if (first !== undefined) map.delete(first[0])
  return first
}
