import { connect } from 'node:net'
import type { HostPort } from './place.ts'

/** Whether somebody answers at an address, asked anew each time. The signal ends the waiting: then nobody has answered. */
export type Probe = (address: HostPort, signal: AbortSignal) => Promise<boolean>

/** What has not answered by then does not answer: packets are dropped there, or the first one was lost. */
const ANSWER_MS = 100

/**
 * One short attempt to connect. Closed is what refuses, what cannot be reached and what does not answer in time; the
 * connection is reset at once either way, for one that stands when a policy comes is never cut by it.
 */
export const probe: Probe = ({ host, port }, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (isOpen: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      if (isOpen) socket.resetAndDestroy()
      else socket.destroy()
      resolve(isOpen)
    }
    // After a look at the network: where this process was held up, an answer may be there that nobody has read yet.
    const giveUp = (): void => void setImmediate(() => end(false))
    const timer = setTimeout(giveUp, ANSWER_MS)
    signal.addEventListener('abort', giveUp, { once: true })
    // After its end too: a connection that is reset may still report an error.
    socket.on('error', () => end(false))
    socket.once('connect', () => end(true))
  })
