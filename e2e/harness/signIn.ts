import { once } from 'node:events'
import { until } from '@errand/testkit'
import type { AuthServer } from '@errand/testkit/authServer'
import type { Installation } from './installation.ts'

/** Signs in as a person does: `errand mcp login` gives the address, a browser goes there and comes back. Gives what it printed. */
export async function signedIn(errand: Installation, server: string, auth: AuthServer): Promise<string> {
  const cli = errand.spawnErrand(['mcp', 'login', server])
  let printed = ''
  for (const stream of [cli.stdout, cli.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const ended = once(cli, 'close')
  const address = await until(() => /^https?:\S+$/m.exec(printed)?.[0], { what: 'the address to open' })
  const back = await auth.signIn(address)
  const page = await fetch(back)
  if (!page.ok) throw new Error(`the callback answered ${page.status}: ${await page.text()}`)
  await ended
  if (cli.exitCode !== 0) throw new Error(`errand mcp login ended with ${cli.exitCode}: ${printed}`)
  return printed
}
