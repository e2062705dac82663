/** `--import` of a bridge that listens on every address and has no flag for it: on this machine it listens to this machine. */
import { Server } from 'node:net'

// oxlint-disable-next-line typescript/unbound-method -- called with the server it belongs to
const listen = Server.prototype.listen as (this: Server, ...args: unknown[]) => Server
Server.prototype.listen = function (this: Server, first: unknown, ...rest: unknown[]): Server {
  const isPort = typeof first === 'number' || typeof first === 'string'
  return isPort
    ? listen.call(this, { port: Number(first), host: '127.0.0.1' }, rest.at(-1))
    : listen.call(this, first, ...rest)
} as Server['listen']
