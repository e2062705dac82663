import type { RequestId, RunId } from '@errand/contracts'
import { CHANNELS, type Listener } from '@errand/store'

/** Tells those who wait in this process that something has happened to what they wait for. One connection serves all. */
export interface RunFeed {
  /**
   * `onChange` is called when the log of the run has grown, or the request was answered. It may be called for nothing,
   * and a call may be missed: whoever subscribes also looks by himself now and then. Gives the way to stop.
   */
  subscribe(id: RunId | RequestId, onChange: () => void): () => void
  close(): void
}

/** From the moment it resolves nothing is missed but what a lost connection loses; then everybody is told. */
export async function openRunFeed({ listener }: { readonly listener: Listener }): Promise<RunFeed> {
  const subscribers = new Map<string, Set<() => void>>()
  const tell = (id: string): void => subscribers.get(id)?.forEach((onChange) => onChange())
  const hearer = { onPayload: tell, onMissed: () => [...subscribers.keys()].forEach(tell) }
  const stops = [await listener.hear(CHANNELS.runEvents, hearer), await listener.hear(CHANNELS.gatewayAnswers, hearer)]
  return {
    subscribe: (id, onChange) => {
      const own = subscribers.get(id) ?? new Set()
      subscribers.set(id, own.add(onChange))
      return () => {
        own.delete(onChange)
        if (own.size === 0 && subscribers.get(id) === own) subscribers.delete(id)
      }
    },
    close: () => stops.forEach((stop) => stop()),
  }
}
