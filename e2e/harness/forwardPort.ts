/** Run in the namespace of a network: `forwardPort.ts PORT SOCKET` leads what dials the port there to the socket. */
import { connect, createServer } from 'node:net'
import { joinWith } from './nodesLoopback.ts'

const [port = '', path = ''] = process.argv.slice(2)
createServer((socket) => joinWith(socket, connect(path))).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('open\n')
})
