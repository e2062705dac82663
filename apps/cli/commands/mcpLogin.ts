import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'

const LOOK_MS = 1_000

/** Gives the address to open in a browser on any machine, waits, and says how it ended. */
export async function login(this: Cli, { json }: { readonly json: boolean }, name: string): Promise<ExitCode> {
  const { api } = connect(this.config)
  const { address, expiresAt } = await api.mcp.signIn.mutate({ name })
  if (json) this.out.print(JSON.stringify({ type: 'mcp-login', server: name, address, expiresAt }))
  else {
    this.out.print(address)
    this.out.say('Open it in a browser and sign in there. This waits.')
  }
  for (;;) {
    await sleep(LOOK_MS)
    const { grant } = await api.mcp.grant.query({ name })
    if (grant === null) throw new CliError(EXIT.failed, 'The server is used without a sign-in now.', 'errand mcp list')
    if (grant.status === 'authorising' || grant.status === 'discovering') continue
    if (json) this.out.print(JSON.stringify({ type: 'mcp-grant', server: name, ...grant }))
    if (grant.hasTokens && grant.words === null) {
      if (!json) this.out.say(`Signed in with ${name}.${grant.expiresAt === null ? '' : ' It is refreshed by itself.'}`)
      return EXIT.ok
    }
    throw new CliError(EXIT.failed, grant.words ?? 'The sign-in came to nothing.', `errand mcp login ${name}`)
  }
}
