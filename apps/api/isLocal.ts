import type { IncomingMessage } from 'node:http'
import { isLoopbackName } from './auth/origin.ts'

/** Whether this came from a program on this machine, and not through something that stands in front of it. */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined
  return !isForwarded && isLoopbackName(address === '::1' ? '[::1]' : address)
}
