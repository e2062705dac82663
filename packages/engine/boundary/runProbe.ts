/**
 * The script of the self-test's run: what an agent's process finds in a real run, with the real runner beside it.
 * Arguments: the proxy, then targets (`host:port`) on this machine's private addresses to ask it for.
 * Prints one JSON object per line. It is handed over as text, so nothing but Node itself may be imported.
 */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'

const say = (check: { name: string; ok: boolean; tried: string; happened: string }) =>
  process.stdout.write(`${JSON.stringify(check)}\n`)

const [, , proxyAddress = '', ...targets] = process.argv
const proxy = new URL(proxyAddress)
for (const target of targets) {
  const happened = await askFor(target)
  const ok = / 4\d\d /.test(happened)
  say({
    name: `${target} is refused by the proxy`,
    ok,
    tried: `CONNECT ${target}, in a run with network \`full\``,
    happened,
  })
}

const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
const holders = pids.filter((pid) => [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`].some(holdsToken))
say({
  name: 'No process of a run shows a token',
  ok: holders.length === 0,
  tried: `look for anything of a run token’s form in the environments and command lines of ${pids.length} processes`,
  happened: holders.length === 0 ? 'none' : `in those of ${holders.join(', ')}`,
})

async function askFor(target: string): Promise<string> {
  const socket = connect(Number(proxy.port), proxy.hostname)
  socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
  try {
    await once(socket, 'connect')
    socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`)
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    return chunk.toString().split('\r\n')[0] ?? ''
  } catch (error) {
    return String(error)
  } finally {
    socket.destroy()
  }
}

/** 256 bits in base64url. A file that cannot be read shows nothing. */
function holdsToken(path: string): boolean {
  try {
    return /(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/.test(readFileSync(path, 'latin1'))
  } catch {
    return false
  }
}
