import type { RequestId, RunId } from '@errand/contracts'
import { CHANNELS, type Listener } from '@errand/store'

/** Tells those who wait in this process that something has happened to what they wait for. One connection serves all. */
export interface RunFeed {
  /**
   * `onChange` is called when the log of the run has grown, or the request was answered. It may be called for nothing,
   * and a call may be missed: whoever subscribes also looks by himself now and then. Gives the way to stop.
   */
  subscribe(id: RunId | RequestId, onChange: () => void): () => void
  /** The same for every run, of every organisation; `onMissed` says that any may have changed unheard. */
  subscribeAll(hearer: { readonly onChange: (id: string) => void; readonly onMissed: () => void }): () => void
  close(): void
}

/** From the moment it resolves nothing is missed but what a lost connection loses; then everybody is told. */
export async function openRunFeed({ listener }: { readonly listener: Listener }): Promise<RunFeed> {
  const subscribers = new Map<string, Set<() => void>>()
  const tell = (id: string): void => subscribers.get(id)?.forEach((onChange) => onChange())
  const ofAll = new Set<Parameters<RunFeed['subscribeAll']>[0]>()
  const hearer = { onPayload: tell, onMissed: () => [...subscribers.keys()].forEach(tell) }
  const runHearer = {
    onPayload: (id: string) => {
      tell(id)
      ofAll.forEach(({ onChange }) => onChange(id))
    },
    onMissed: () => {
      hearer.onMissed()
      ofAll.forEach(({ onMissed }) => onMissed())
    },
  }
  const stops = [
    await listener.hear(CHANNELS.runEvents, runHearer),
    await listener.hear(CHANNELS.gatewayAnswers, hearer),
  ]
  return {
    subscribe: (id, onChange) => {
      const own = subscribers.get(id) ?? new Set()
      subscribers.set(id, own.add(onChange))
      return () => {
        own.delete(onChange)
        if (own.size === 0 && subscribers.get(id) === own) subscribers.delete(id)
      }
    },
    subscribeAll: (heard) => {
      // An object of its own: the same hearer may come twice.
      const own = { ...heard }
      ofAll.add(own)
      return () => void ofAll.delete(own)
    },
    close: () => stops.forEach((stop) => stop()),
  }
}
