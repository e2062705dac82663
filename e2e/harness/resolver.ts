import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const TYPES: Readonly<Record<number, (address: string) => Buffer>> = {
  1: (address) => Buffer.from(address.split('.').map(Number)),
  // Only IPv4 addresses written as IPv6 ones are asked for here.
  28: (address) => Buffer.from([...Array(10).fill(0), 255, 255, ...address.split('.').map(Number)]),
}
const NO_SUCH_NAME = 3
const run = promisify(execFile)

/** What a name answers with, in turn and over again. Of `six`, as IPv4 in IPv6. */
export interface Name {
  readonly answers: readonly (readonly string[])[]
  readonly six?: readonly string[]
}

/**
 * A resolver under a scenario's control, that lets no answer be kept. `prefix` starts a command whose names it answers: the
 * command sees another /etc/resolv.conf than the machine. It needs root, as that does.
 *
 * `publicAddress` is public to whoever judges it by its number: of a network for sinks of the root servers' operators (RFC 7535),
 * which nobody here wants. While the resolver is open it is an address of this machine, so what is sent there stays here.
 */
export async function openResolver(names: ReadonlyMap<string, Name>) {
  const folder = await mkdtemp(join(tmpdir(), 'errand-resolver-'))
  // Others on this machine may do the same just now.
  const [host, publicAddress] = [`127.${randomInt(1, 255)}.${randomInt(1, 255)}.53`, `192.175.48.${randomInt(1, 255)}`]
  await writeFile(join(folder, 'resolv.conf'), `nameserver ${host}\n`)
  await writeFile(join(folder, 'nsswitch.conf'), 'hosts: files dns\n')
  await run('ip', ['address', 'replace', `${publicAddress}/32`, 'dev', 'lo'])
  const asked = new Map<string, number>()
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => {
    socket.send(answerTo(question, names, asked), from.port, from.address)
  })
  socket.bind(53, host)
  await once(socket, 'listening')
  const mounts = ['resolv.conf', 'nsswitch.conf'].map((file) => `mount --bind '${join(folder, file)}' /etc/${file}`)
  return {
    publicAddress,
    prefix: ['unshare', '--mount', 'sh', '-c', `${mounts.join(' && ')} && exec "$@"`, 'named'],
    /** How often somebody asked for the IPv4 addresses of a name. */
    asked: (name: string) => asked.get(name) ?? 0,
    async close() {
      socket.close()
      await once(socket, 'close')
      await run('ip', ['address', 'delete', `${publicAddress}/32`, 'dev', 'lo'])
      await rm(folder, { recursive: true })
    },
  }
}

function answerTo(question: Buffer, names: ReadonlyMap<string, Name>, asked: Map<string, number>): Buffer {
  const labels: string[] = []
  let at = 12
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const type = question.readUInt16BE(at + 1)
  const name = labels.join('.').toLowerCase()
  const known = names.get(name)
  const turn = asked.get(name) ?? 0
  if (type === 1) asked.set(name, turn + 1)
  const addresses = type === 1 ? known?.answers[turn % known.answers.length] : type === 28 ? known?.six : undefined
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x8180 | (known === undefined ? NO_SUCH_NAME : 0), 2)
  head.writeUInt16BE(addresses?.length ?? 0, 6)
  head.fill(0, 8)
  const answers = (addresses ?? []).map((address) => {
    const data = TYPES[type]?.(address) ?? Buffer.alloc(0)
    // The name of the question, the type, the class of the internet, not to be kept.
    return Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]), data])
  })
  return Buffer.concat([head, question.subarray(12, at + 5), ...answers])
}
